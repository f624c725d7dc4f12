using System.Text.RegularExpressions;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Node;

/// <summary>How a kernel fails.</summary>
public enum Trouble
{
    Passing,
    ForGood,

    /// <summary>It does what it is asked, and nobody hears of it.</summary>
    AnswerLost,
}

/// <summary>
/// Row S6 on a rekeying, whole: either end asks, either kernel refuses, each step, between two nodes on loopback. The old child carries on in both kernels as
/// if nothing had been, the wire says what the row wants, both IKE SAs stay, and the next rekeying works.
/// </summary>
public sealed partial class RekeyRefusalTests
{
    private static readonly XfrmStep[] Steps =
    [
        XfrmStep.Spi, XfrmStep.InboundSa, XfrmStep.OutboundSa, XfrmStep.OutboundPolicy, XfrmStep.InboundPolicy, XfrmStep.ForwardPolicy,
    ];

    public static TheoryData<XfrmStep, Trouble, bool, bool> EveryCell
    {
        get
        {
            TheoryData<XfrmStep, Trouble, bool, bool> cells = [];
            foreach (bool moonAsks in new[] { true, false })
            {
                foreach (bool askerRefuses in new[] { true, false })
                {
                    foreach (XfrmStep step in Steps)
                    {
                        // Who answers leaves outbound traffic where it is until the peer is ready.
                        if (!askerRefuses && step == XfrmStep.OutboundPolicy) continue;
                        foreach (Trouble trouble in Enum.GetValues<Trouble>())
                        {
                            if (step != XfrmStep.Spi || trouble != Trouble.ForGood) cells.Add(step, trouble, moonAsks, askerRefuses);
                        }
                    }
                }
            }

            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(EveryCell))]
    public async Task The_old_child_carries_on_and_the_peer_is_told_what_the_row_wants(XfrmStep step, Trouble trouble, bool moonAsks, bool askerRefuses)
    {
        await using NodePair pair = await new NodePair { MoonOptions = WithSpisOfTheKernel, SunOptions = WithSpisOfTheKernel }.EstablishAsync();
        End asks = EndOf(pair, moonAsks), answers = EndOf(pair, !moonAsks), refuses = askerRefuses ? asks : answers;
        string before = Kernels(pair);
        Break(refuses.Kernel, step, trouble);

        asks.Rekey();

        if (!askerRefuses || step == XfrmStep.Spi)
            await asks.Events.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Destroying, "the end of the child that was not to be");
        else
            await asks.Events.NextAsync<IkeSaHappened>(happened => happened.Event is MessageReceived { Summary: var text } && text.StartsWith("INFORMATIONAL response", StringComparison.Ordinal), "the answer to the Delete");
        await EventuallyAsync(() => Assert.Equal(before, Kernels(pair)));
        await AssertOneChildEachAsync(pair);
        string told = Numbers().Replace(NodePair.SentBy(refuses.Events)[^1], "");
        // Without an SPI nothing is asked of the peer: the last that was said is the end of the set-up.
        if (askerRefuses && step == XfrmStep.Spi) Assert.StartsWith("IKE_AUTH", told, StringComparison.Ordinal);
        else Assert.Equal(Expected(step, trouble, askerRefuses), told);

        refuses.Kernel.ClearFaults();
        asks.Rekey();
        await EventuallyAsync(() =>
        {
            // Traffic goes through another pair now, at both ends.
            Assert.Empty(OutboundSpis(pair.MoonKernel).Intersect(before.Split('\n').Select(line => line.Split(' ')[0])));
            Assert.Empty(OutboundSpis(pair.SunKernel).Intersect(before.Split('\n').Select(line => line.Split(' ')[0])));
        });
        await EventuallyAsync(() => Assert.Equal((2, 2), (pair.MoonKernel.DumpSas().Count, pair.SunKernel.DumpSas().Count)));
        await AssertOneChildEachAsync(pair);
    }

    /// <summary>The peer has the new child and closes the old one, and here traffic cannot change over to it.</summary>
    [Theory]
    [InlineData(Trouble.Passing, true)]
    [InlineData(Trouble.Passing, false)]
    [InlineData(Trouble.AnswerLost, true)]
    [InlineData(Trouble.AnswerLost, false)]
    public async Task A_passing_trouble_when_traffic_changes_over_is_waited_out(Trouble trouble, bool moonAsks)
    {
        await using NodePair pair = await new NodePair { MoonOptions = WithSpisOfTheKernel, SunOptions = WithSpisOfTheKernel }.EstablishAsync();
        End asks = EndOf(pair, moonAsks), answers = EndOf(pair, !moonAsks);
        string before = Kernels(pair);
        // The tables try each twice.
        Break(answers.Kernel, XfrmStep.OutboundPolicy, trouble, times: 5);

        asks.Rekey();

        await EventuallyAsync(() => Assert.Equal((2, 2), (pair.MoonKernel.DumpSas().Count, pair.SunKernel.DumpSas().Count)));
        await EventuallyAsync(() => Assert.DoesNotContain(Assert.Single(OutboundSpis(answers.Kernel)), before, StringComparison.Ordinal));
        await AssertOneChildEachAsync(pair);
        Assert.DoesNotContain(answers.Events.Seen, seen => seen is KernelRefused);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Traffic_that_cannot_change_over_at_all_ends_the_child_with_a_delete(bool moonAsks)
    {
        await using NodePair pair = await new NodePair
        {
            MoonOptions = WithSpisOfTheKernel,
            SunOptions = WithSpisOfTheKernel,
            StartAction = ChildAction.None,
        }.StartAsync();
        pair.Moon.Initiate("sun", "net");
        await pair.InstalledAsync();
        End asks = EndOf(pair, moonAsks), answers = EndOf(pair, !moonAsks);
        Break(answers.Kernel, XfrmStep.OutboundPolicy, Trouble.ForGood);

        asks.Rekey();

        await answers.Events.NextAsync<IkeSaHappened>(happened => happened.Event is MessageSent { Summary: var text } && text.StartsWith("INFORMATIONAL request", StringComparison.Ordinal), "the Delete");
        answers.Kernel.ClearFaults();
        // The end that called wants the child and has built it anew, if it was that end's kernel that failed.
        int left = moonAsks ? 0 : 1;
        await EventuallyAsync(() => AssertChildren(pair, left));
        await EventuallyAsync(() => Assert.Equal((2 * left, 2 * left), (pair.MoonKernel.DumpSas().Count, pair.SunKernel.DumpSas().Count)));
        Assert.Equal(IkeSaState.Established, Assert.Single(pair.Moon.IkeSas).State);
        Assert.Equal(IkeSaState.Established, Assert.Single(pair.Sun.IkeSas).State);
    }

    [Theory]
    [InlineData(true, Errno.ENOMEM)]
    [InlineData(true, Errno.EINVAL)]
    [InlineData(false, Errno.ENOMEM)]
    [InlineData(false, Errno.EINVAL)]
    public async Task A_removal_that_is_refused_holds_up_nobody_and_is_done_later(bool atMoon, int error)
    {
        await using NodePair pair = await new NodePair().EstablishAsync();
        End resists = EndOf(pair, atMoon);
        string before = Kernels(pair);
        resists.Kernel.Refuse(XfrmStep.Removal, error);

        // When one is rolled back …
        resists.Kernel.Refuse(XfrmStep.InboundPolicy, Errno.EINVAL, times: 1);
        EndOf(pair, atMoon).Rekey();
        await EventuallyAsync(async () => Assert.Equal(2, (await resists.Node.GetSnapshotAsync(Cancel)).Kernel.Quarantined));
        Assert.Equal(OutboundSpis(resists.Kernel), before.Split('\n').Select(line => line.Split(' ')[0]).Intersect(OutboundSpis(resists.Kernel)));

        // … when one is retired …
        resists.Rekey();
        await EventuallyAsync(() => Assert.Empty(OutboundSpis(resists.Kernel).Intersect(before.Split('\n').Select(line => line.Split(' ')[0]))));
        await EventuallyAsync(() => AssertChildren(pair, 1));
        resists.Kernel.ClearFaults();
        await EventuallyAsync(() => Assert.Equal((2, 2), (pair.MoonKernel.DumpSas().Count, pair.SunKernel.DumpSas().Count)));

        // … and when one is closed.
        resists.Kernel.Refuse(XfrmStep.Removal, error);
        pair.Moon.CloseChild(pair.Moon.IkeSas[0].Session, pair.Moon.IkeSas[0].Children[0].ChildId);
        await EventuallyAsync(() => AssertChildren(pair, 0));
        Assert.NotEqual(0, (await resists.Node.GetSnapshotAsync(Cancel)).Kernel.Quarantined);
        resists.Kernel.ClearFaults();
        await EventuallyAsync(() => Assert.Equal("", Kernels(pair).Trim('\n')));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static NodeOptions WithSpisOfTheKernel(NodeOptions options) =>
        options with { KernelAllocatesSpis = true, ChildLinger = TimeSpan.FromMilliseconds(100) };

    private static void Break(MemoryXfrmBackend kernel, XfrmStep step, Trouble trouble, int times = int.MaxValue)
    {
        bool isPolicy = step is XfrmStep.OutboundPolicy or XfrmStep.InboundPolicy or XfrmStep.ForwardPolicy;
        if (trouble == Trouble.AnswerLost) kernel.LoseAnswer(step, times == int.MaxValue ? 1 : times);
        else kernel.Refuse(step, trouble == Trouble.Passing ? Errno.ENOMEM : isPolicy ? Errno.EINVAL : Errno.EPROTONOSUPPORT, "no", times);
    }

    private static string Expected(XfrmStep step, Trouble trouble, bool askerRefuses)
    {
        if (askerRefuses) return "INFORMATIONAL request [ D ]";
        string notify = trouble != Trouble.ForGood ? "TEMP_FAIL" : step is XfrmStep.InboundSa or XfrmStep.OutboundSa ? "NO_PROP" : "TS_UNACCEPT";
        return $"CREATE_CHILD_SA response [ N({notify}) ]";
    }

    private static End EndOf(NodePair pair, bool moon) =>
        moon ? new End(pair.Moon, pair.MoonKernel, pair.MoonEvents) : new End(pair.Sun, pair.SunKernel, pair.SunEvents);

    private static string Kernels(NodePair pair) => Dump(pair.MoonKernel) + "\n" + Dump(pair.SunKernel);

    private static string Dump(MemoryXfrmBackend kernel) =>
        string.Join('\n', kernel.DumpSas().Select(sa => $"{sa.Id.Spi:x8} {sa}").Concat(kernel.DumpPolicies().Select(policy => $"{policy.Spi:x8} {policy}")).Order(StringComparer.Ordinal));

    private static string[] OutboundSpis(MemoryXfrmBackend kernel) =>
        [.. kernel.DumpPolicies().Where(policy => policy.Key.Direction == XfrmDirection.Out).Select(policy => $"{policy.Spi:x8}")];

    private static void AssertChildren(NodePair pair, int count)
    {
        Assert.Equal(count, Assert.Single(pair.Moon.IkeSas).Children.Count(child => child.State == ChildSaState.Installed));
        Assert.Equal(count, Assert.Single(pair.Sun.IkeSas).Children.Count(child => child.State == ChildSaState.Installed));
    }

    private static async Task AssertOneChildEachAsync(NodePair pair)
    {
        await EventuallyAsync(async () =>
        {
            foreach (ConcentratorNode node in new[] { pair.Moon, pair.Sun })
            {
                NodeSnapshot snapshot = await node.GetSnapshotAsync(Cancel);
                IkeSaSnapshot ikeSa = Assert.Single(snapshot.IkeSas);
                Assert.Equal(IkeSaState.Established, ikeSa.State);
                Assert.Equal(ChildSaState.Installed, Assert.Single(ikeSa.Children).State);
                Assert.Equal(new TableCounts(0, 2, 3, 0), snapshot.Kernel);
            }
        });
    }

    private static Task EventuallyAsync(Action assertion) => EventuallyAsync(() =>
    {
        assertion();
        return Task.CompletedTask;
    });

    private static async Task EventuallyAsync(Func<Task> assertion)
    {
        long end = Environment.TickCount64 + 30_000;
        while (true)
        {
            try
            {
                await assertion();
                return;
            }
            catch (Xunit.Sdk.XunitException) when (Environment.TickCount64 < end)
            {
                await Task.Delay(10, Cancel);
            }
        }
    }

    [GeneratedRegex(" [0-9]+(?= \\[)")]
    private static partial Regex Numbers();

    private sealed record End(ConcentratorNode Node, MemoryXfrmBackend Kernel, EventLog Events)
    {
        public void Rekey()
        {
            IkeSaSnapshot ikeSa = Assert.Single(Node.IkeSas);
            Node.RekeyChild(ikeSa.Session, ikeSa.Children.Single(child => child.State == ChildSaState.Installed).ChildId);
        }
    }
}
