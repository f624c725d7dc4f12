using System.Diagnostics;
using System.Net;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using Concentrator.Ladders;

namespace Concentrator.Tests.Ladders;

/// <summary>What is kept of IKE SAs, and that it stays within its bounds whatever peers do.</summary>
public sealed class LadderRecorderTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch;
    private static readonly IkePath Path = new(new IPEndPoint(IPAddress.Loopback, 500), new IPEndPoint(IPAddress.Loopback, 500), NonEspMarker: false);

    [Fact]
    public void Only_the_newest_are_kept_and_what_the_others_do_later_leaves_no_trace()
    {
        LadderRecorder recorder = new(ladders: 3, steps: 8);
        for (int i = 1; i <= 5; i++) recorder.OnNext(Sent(i, "IKE_SA_INIT request 0"));
        recorder.OnNext(Sent(1, "late"));
        recorder.OnNext(Sent(2, "late"));
        Assert.Equal([5, 4, 3], recorder.Ladders.Select(ladder => ladder.Number));
    }

    [Fact]
    public void Of_each_only_the_last_steps_are_kept_and_they_keep_their_numbers()
    {
        LadderRecorder recorder = new(ladders: 1, steps: 20);
        for (int i = 0; i < 50; i++) recorder.OnNext(Sent(1, $"message {i}"));
        (IReadOnlyList<LadderEntry> steps, long next) = recorder.Ladders[0].Read();
        Assert.Equal(50, next);
        Assert.Equal(Enumerable.Range(30, 20).Select(i => ((long)i, $"message {i}")), steps.Select(step => (step.Number, ((MessageStep)step.Step).Summary)));
        Assert.Equal(49, Assert.Single(recorder.Ladders[0].Read(49).Steps).Number);
        Assert.Empty(recorder.Ladders[0].Read(50).Steps);
    }

    [Fact]
    public void A_flood_of_strangers_does_not_wash_away_what_is_known_of_peers()
    {
        LadderRecorder recorder = new(ladders: 10, steps: 8);
        for (int i = 1; i <= 4; i++)
        {
            recorder.OnNext(Sent(i, "IKE_SA_INIT request 0"));
            recorder.OnNext(new IkeSaHappened(At, Name(i), new StateChanged(IkeSaState.AuthRequested, IkeSaState.Established)));
        }

        for (int i = 100; i < 10_000; i++) recorder.OnNext(Received(i, "IKE_SA_INIT request 0"));
        Assert.Equal(10, recorder.Ladders.Count);
        Assert.Equal([4, 3, 2, 1], recorder.Ladders.Where(ladder => ladder.WasEstablished).Select(ladder => ladder.Number));
        Assert.Equal(9_999, recorder.Ladders[0].Number);
    }

    [Fact]
    public void The_initiator_stands_left()
    {
        LadderRecorder recorder = new(ladders: 2, steps: 8);
        recorder.OnNext(new IkeSaHappened(At, Name(1), new StateChanged(IkeSaState.Created, IkeSaState.InitAnswered)));
        recorder.OnNext(Received(1, "IKE_SA_INIT request 0"));
        recorder.OnNext(Sent(1, "IKE_SA_INIT response 0"));
        recorder.OnNext(Sent(2, "IKE_SA_INIT request 0"));
        Assert.Equal([Side.Right, Side.Left, Side.Right], recorder.Find(Name(1).Session)!.Read().Steps.Select(step => step.Step.At));
        Assert.Equal(Side.Right, recorder.Find(Name(1).Session)!.Us);
        Assert.Equal([Side.Left], recorder.Find(Name(2).Session)!.Read().Steps.Select(step => step.Step.At));
    }

    [Fact]
    public void What_a_peer_shaped_is_printable_and_short()
    {
        LadderRecorder recorder = new(ladders: 1, steps: 8);
        recorder.OnNext(Received(1, "\u001b[2J\u202egnp" + new string('N', 5_000)));
        string text = ((MessageStep)recorder.Ladders[0].Read().Steps[0].Step).Summary;
        Assert.StartsWith("\\u001b[2J\\u202egnp", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 300, 301);
    }

    [Fact]
    public void None_are_kept_where_none_are_wanted()
    {
        LadderRecorder recorder = new(ladders: 0, steps: 8);
        recorder.OnNext(Sent(1, "IKE_SA_INIT request 0"));
        Assert.Empty(recorder.Ladders);
        Assert.Null(recorder.Watch(Name(1).Session));
    }

    [Fact]
    public void Many_at_once_stay_within_the_bounds()
    {
        LadderRecorder recorder = new(ladders: 50, steps: 16);
        Parallel.For(1, 20_000, i =>
        {
            recorder.OnNext(Sent(i, "IKE_SA_INIT request 0"));
            if (i % 3 == 0) recorder.OnNext(new IkeSaHappened(At, Name(i), new StateChanged(IkeSaState.AuthRequested, IkeSaState.Established)));
            recorder.OnNext(new IkeSaEnded(At, Name(i), EndReason.DeletedByPeer, true));
            foreach (Ladder ladder in recorder.Ladders.Take(2)) ladder.Read();
        });
        Assert.Equal(50, recorder.Ladders.Count);
        Assert.Equal(50, recorder.Ladders.DistinctBy(ladder => ladder.Number).Count());
    }

    [Fact]
    public void Recording_a_set_up_costs_the_actors_microseconds_and_all_of_them_a_few_megabytes()
    {
        const int setUps = 20_000;
        LadderRecorder recorder = new(LadderRecorder.DefaultLadders, LadderRecorder.DefaultSteps);
        PolicyKey policy = new(new XfrmSelector(IPNetwork.Parse("10.1.0.0/24"), IPNetwork.Parse("10.2.0.0/24")), XfrmDirection.Out);
        Play(0, 1000);
        (long began, long before) = (Stopwatch.GetTimestamp(), GC.GetTotalMemory(forceFullCollection: true));
        began = Stopwatch.GetTimestamp();
        Play(1000, setUps);
        double each = Stopwatch.GetElapsedTime(began).TotalMicroseconds / setUps;
        // Those that live long fill their rings.
        foreach (Ladder ladder in recorder.Ladders)
            for (int i = 0; i < LadderRecorder.DefaultSteps; i++) recorder.OnNext(Sent(ladder.Number, $"INFORMATIONAL request {i} [ N(UPD_SA_ADDR) N(NATD_S_IP) N(NATD_D_IP) N(COOKIE2) ]"));
        double megabytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1048576.0;
        output.WriteLine($"{each:F1} µs for each set-up of 10 events, 13 steps; {LadderRecorder.DefaultLadders} full ladders take {megabytes:F1} MB more than as many short ones");
        Assert.InRange(each, 0, 200);
        Assert.InRange(megabytes, -1, 32);
        GC.KeepAlive(recorder);

        void Play(int from, int count)
        {
            for (int i = from + 1; i <= from + count; i++)
            {
                KernelUser user = new(Name(i), new ChildSaName("net", i));
                recorder.OnNext(new IkeSaHappened(At, Name(i), new StateChanged(IkeSaState.Created, IkeSaState.InitAnswered)));
                recorder.OnNext(Received(i, "IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) N(FRAG_SUP) N(HASH_ALG) ]"));
                recorder.OnNext(Sent(i, "IKE_SA_INIT response 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) N(FRAG_SUP) N(HASH_ALG) N(CHDLESS_SUP) ]"));
                recorder.OnNext(Received(i, "IKE_AUTH request 1 [ IDi IDr AUTH SA TSi TSr N(INIT_CONTACT) ]"));
                recorder.OnNext(new ChildSaStateChanged(At, Name(i), user.Child, ChildSaState.Created, ChildSaState.Installing, 1, 2));
                recorder.OnNext(new KernelSpoken(At, user, [new KernelCall("XFRM_MSG_NEWSA", XfrmDirection.In, 0xc0000001, null, 0, ""), new KernelCall("XFRM_MSG_NEWSA", XfrmDirection.Out, 0xc0000002, null, 0, "")]));
                recorder.OnNext(new KernelSpoken(At, user, [.. Enumerable.Range(0, 3).Select(_ => new KernelCall("XFRM_MSG_NEWPOLICY", null, 0, policy, 0, ""))]));
                recorder.OnNext(new ChildSaStateChanged(At, Name(i), user.Child, ChildSaState.Installing, ChildSaState.Installed, 1, 2));
                recorder.OnNext(new IkeSaHappened(At, Name(i), new StateChanged(IkeSaState.InitAnswered, IkeSaState.Established)));
                recorder.OnNext(Sent(i, "IKE_AUTH response 1 [ IDr AUTH SA TSi TSr ]"));
            }
        }
    }

    private static IkeSaHappened Sent(int number, string summary) => new(At, Name(number), new MessageSent(summary, 100, Path, Repeated: false));

    private static IkeSaHappened Received(int number, string summary) => new(At, Name(number), new MessageReceived(summary, 100, Path, Repeated: false));

    private static IkeSaName Name(int number) => new(new SessionId((ulong)number), "peer", number);
}
