using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Node;

/// <summary>The rows of the seed from socket to kernel: two whole nodes talk over loopback.</summary>
public class TwoNodesTests
{
    // Row S1
    [Fact]
    public async Task Four_messages_set_up_an_ike_sa_with_a_child_and_no_more_are_sent()
    {
        await using NodePair pair = await new NodePair().EstablishAsync();

        IkeSaSnapshot moon = Assert.Single(pair.Moon.IkeSas), sun = Assert.Single(pair.Sun.IkeSas);
        Assert.Equal((IkeSaState.Established, IkeSaState.Established), (moon.State, sun.State));
        Assert.Equal((moon.LocalSpi, moon.RemoteSpi), (sun.RemoteSpi, sun.LocalSpi));
        Assert.Equal(("sun", "moon"), (moon.Name, sun.Name));
        ChildSaSnapshot moonChild = Assert.Single(moon.Children), sunChild = Assert.Single(sun.Children);
        Assert.Equal((moonChild.InboundSpi, moonChild.OutboundSpi), (sunChild.OutboundSpi, sunChild.InboundSpi));
        Assert.Equal((2, 3), (pair.MoonKernel.DumpSas().Count, pair.MoonKernel.DumpPolicies().Count));
        Assert.Equal((2, 3), (pair.SunKernel.DumpSas().Count, pair.SunKernel.DumpPolicies().Count));
        Assert.Equal(["IKE_SA_INIT request 0", "IKE_AUTH request 1"], Heads(NodePair.SentBy(pair.MoonEvents)));
        Assert.Equal(["IKE_SA_INIT response 0", "IKE_AUTH response 1"], Heads(NodePair.SentBy(pair.SunEvents)));
    }

    // Row S2
    [Fact]
    public async Task An_initiator_whose_kernel_refuses_sends_a_delete_and_stays_up_childless()
    {
        await using NodePair pair = new();
        pair.MoonKernel.Refuse(XfrmStep.InboundSa, Errno.EPROTONOSUPPORT, "Requested type not found");
        await pair.StartAsync();

        await pair.SunEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Installed, "installed at the peer");
        await pair.SunEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Destroying, "deleted at the peer");
        await Message<MessageReceived>(pair.MoonEvents, "INFORMATIONAL response 2");

        Assert.Equal(
            ["IKE_SA_INIT request 0", "IKE_AUTH request 1", "INFORMATIONAL request 2"], Heads(NodePair.SentBy(pair.MoonEvents)));
        Assert.Contains("[ D ]", NodePair.SentBy(pair.MoonEvents)[2], StringComparison.Ordinal);
        Assert.Equal(IkeSaState.Established, Assert.Single(pair.Moon.IkeSas).State);
        Assert.Equal(IkeSaState.Established, Assert.Single(pair.Sun.IkeSas).State);
        Assert.Empty(pair.MoonKernel.DumpSas());
        Assert.Equal(Errno.EPROTONOSUPPORT, Assert.Single(pair.MoonEvents.Seen.OfType<KernelRefused>()).Errno);
    }

    [Fact]
    public async Task What_the_kernel_was_asked_for_a_child_and_said_is_told_with_its_name_and_before_what_came_of_it()
    {
        await using NodePair pair = new();
        pair.MoonKernel.Refuse(XfrmStep.OutboundPolicy, Errno.EINVAL, "Invalid policy");
        await pair.StartAsync();
        KernelRefused refused = await pair.MoonEvents.NextAsync<KernelRefused>();
        await pair.MoonEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Destroying, "child gone");

        Assert.Equal(("sun", "net"), (refused.User?.IkeSa.Name, refused.User?.Child.Name));
        List<NodeEvent> seen = [.. pair.MoonEvents.Seen];
        Assert.All(seen.OfType<KernelSpoken>(), spoken => Assert.Equal(refused.User, spoken.User));
        string[] before = [.. seen.TakeWhile(e => e != refused).OfType<KernelSpoken>().SelectMany(spoken => spoken.Calls).Select(call => call.ToString())];
        Assert.Equal(2, before.Count(call => call.StartsWith("XFRM_MSG_NEWSA", StringComparison.Ordinal) && call.EndsWith("ok", StringComparison.Ordinal)));
        Assert.Contains("XFRM_MSG_NEWPOLICY out 10.1.0.0/24 => 10.2.0.0/24 → EINVAL \"Invalid policy\"", before);
        Assert.Equal(2, before.Count(call => call.StartsWith("XFRM_MSG_DELSA", StringComparison.Ordinal)));
    }

    // Row S2: a retry with back-off, and once the kernel is well the child is up.
    [Fact]
    public async Task A_passing_refusal_is_tried_again_until_the_child_is_up()
    {
        await using NodePair pair = new();
        pair.MoonKernel.Refuse(XfrmStep.OutboundSa, Errno.ENOMEM, times: 1);
        await pair.StartAsync();

        await pair.MoonEvents.NextAsync<KernelRefused>(refused => refused.Errno == Errno.ENOMEM, "refusal");
        await pair.MoonEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Installed, "installed at the second try");

        Assert.Equal(2, pair.MoonKernel.DumpSas().Count);
        Assert.Contains(NodePair.SentBy(pair.MoonEvents), sent => sent.StartsWith("CREATE_CHILD_SA request", StringComparison.Ordinal));
    }

    // Row S3
    [Fact]
    public async Task A_responder_whose_kernel_refuses_proves_itself_and_says_why_in_the_same_response()
    {
        await using NodePair pair = new();
        pair.SunKernel.Refuse(XfrmStep.InboundSa, Errno.EPROTONOSUPPORT);
        await pair.StartAsync();

        await Message<MessageReceived>(pair.MoonEvents, "IKE_AUTH response 1");
        await pair.MoonEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Destroying, "destroyed");

        string answer = NodePair.SentBy(pair.SunEvents)[1];
        Assert.StartsWith("IKE_AUTH response 1 [ IDr AUTH", answer, StringComparison.Ordinal);
        Assert.Contains("N(NO_PROP)", answer, StringComparison.Ordinal);
        Assert.Equal(IkeSaState.Established, Assert.Single(pair.Moon.IkeSas).State);
        Assert.Equal(IkeSaState.Established, Assert.Single(pair.Sun.IkeSas).State);
        Assert.Empty(pair.SunKernel.DumpSas());
    }

    // Row S4
    [Fact]
    public async Task A_wrong_key_is_answered_with_one_notify_and_the_reserved_spi_is_given_back()
    {
        await using NodePair pair = await new NodePair { MoonKey = "wrong" }.StartAsync();

        IkeSaEnded ended = await pair.MoonEvents.NextAsync<IkeSaEnded>();

        Assert.Equal(EndReason.AuthenticationFailed, ended.Reason);
        Assert.Equal("IKE_AUTH response 1 [ N(AUTH_FAILED) ]", NodePair.SentBy(pair.SunEvents)[1]);
        ChildSaStateChanged change = Assert.Single(pair.MoonEvents.Seen.OfType<ChildSaStateChanged>());
        Assert.Equal((ChildSaState.Created, ChildSaState.Destroying), (change.From, change.To));
        Assert.Equal(0, (await pair.Moon.GetSnapshotAsync(TestContext.Current.CancellationToken)).Kernel.Reservations);
        Assert.Empty(pair.Moon.IkeSas);
        Assert.Empty(pair.SunEvents.Seen.OfType<ChildSaStateChanged>());
    }

    // Row S6
    [Fact]
    public async Task A_further_child_is_refused_or_made_without_touching_the_first()
    {
        await using NodePair pair = await new NodePair().EstablishAsync();
        IkeSaSnapshot moon = Assert.Single(pair.Moon.IkeSas);
        pair.SunKernel.Refuse(XfrmStep.InboundSa, Errno.ENOMEM);

        pair.Moon.InitiateChild(moon.Session, "second");
        MessageReceived refused = await Message<MessageReceived>(pair.MoonEvents, "CREATE_CHILD_SA response");
        pair.SunKernel.ClearFaults();
        await pair.MoonEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Installed && change.Child.Name == "second", "second installed");

        Assert.Contains("[ N(TEMP_FAIL) ]", refused.Summary, StringComparison.Ordinal);
        Assert.Equal((4, 6), (pair.MoonKernel.DumpSas().Count, pair.MoonKernel.DumpPolicies().Count));
        Assert.Equal(2, Assert.Single(pair.Moon.IkeSas).Children.Count);
    }

    [Fact]
    public async Task A_closed_child_leaves_both_kernels_and_the_ike_sa_stays()
    {
        await using NodePair pair = await new NodePair().EstablishAsync();
        IkeSaSnapshot moon = Assert.Single(pair.Moon.IkeSas);

        pair.Moon.CloseChild(moon.Session, Assert.Single(moon.Children).ChildId);
        await pair.SunEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Destroying);
        await pair.MoonEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Destroying);

        Assert.Empty(pair.MoonKernel.DumpSas());
        Assert.Empty(pair.SunKernel.DumpSas());
        Assert.Single(pair.Moon.IkeSas);
    }

    [Fact]
    public async Task A_stopping_node_deletes_its_ike_sas_at_their_peers()
    {
        await using NodePair pair = await new NodePair().EstablishAsync();

        await pair.Moon.StopAsync();
        await pair.SunEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Destroying, "destroyed by the peer's Delete");

        Assert.Empty(pair.SunKernel.DumpSas());
        Assert.Empty(pair.Moon.IkeSas);
    }

    [Fact]
    public async Task A_failed_call_is_placed_again_as_often_as_the_configuration_says()
    {
        await using NodePair pair = await new NodePair { MoonKey = "wrong", KeyingTries = 3 }.StartAsync();

        for (int attempt = 1; attempt <= 3; attempt++) await pair.MoonEvents.NextAsync<IkeSaEnded>(what: $"attempt {attempt}");

        Assert.Equal(3, pair.MoonEvents.Seen.OfType<IkeSaEnded>().Select(ended => ended.IkeSa.Session).Distinct().Count());
    }

    [Fact]
    public async Task A_newer_ike_sa_takes_the_place_of_the_older_where_the_policy_says_so()
    {
        await using NodePair pair = await new NodePair { SunConnection = sun => sun with { Unique = UniquePolicy.Replace } }.EstablishAsync();
        SessionId old = Assert.Single(pair.Sun.IkeSas).Session;

        await using ConcentratorNode twin = await pair.StartMoonAsync(new MemoryXfrmBackend(), new EventLog("twin"));
        IkeSaEnded ended = await pair.SunEvents.NextAsync<IkeSaEnded>();

        Assert.Equal((old, EndReason.Replaced), (ended.IkeSa.Session, ended.Reason));
        Assert.NotEqual(old, Assert.Single(pair.Sun.IkeSas).Session);
    }

    [Fact]
    public async Task When_the_kernel_recovers_a_waiting_child_comes_up()
    {
        await using NodePair pair = new();
        pair.MoonKernel.Refuse(XfrmStep.InboundSa, Errno.EPROTONOSUPPORT);
        pair.MoonKernel.Refuse(XfrmStep.OutboundSa, Errno.EPROTONOSUPPORT);
        await pair.StartAsync();
        await Message<MessageReceived>(pair.MoonEvents, "INFORMATIONAL response 2");

        pair.MoonKernel.ClearFaults();
        pair.Moon.ProbeKernel();
        await pair.MoonEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Installed, "installed after the recovery");

        Assert.Equal(2, pair.MoonKernel.DumpSas().Count);
    }

    private static async Task<T> Message<T>(EventLog events, string head)
        where T : SessionEvent
    {
        IkeSaHappened happened = await events.NextAsync<IkeSaHappened>(
            e => e.Event is T && ((e.Event as MessageReceived)?.Summary ?? (e.Event as MessageSent)?.Summary)!.StartsWith(head, StringComparison.Ordinal), head);
        return (T)happened.Event;
    }

    private static IEnumerable<string> Heads(IEnumerable<string> summaries) => summaries.Select(summary => summary[..summary.IndexOf(" [", StringComparison.Ordinal)]);
}
