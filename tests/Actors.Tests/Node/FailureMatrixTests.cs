using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Node;

/// <summary>
/// The matrix of the kernel's refusals, whole: each step, in either role, in either exchange, between two nodes on loopback. What is on the wire, what is
/// left in both kernels, and that both IKE SAs stay.
/// </summary>
public sealed class FailureMatrixTests
{
    private static readonly XfrmStep[] Steps =
    [
        XfrmStep.Spi, XfrmStep.InboundSa, XfrmStep.OutboundSa, XfrmStep.OutboundPolicy, XfrmStep.InboundPolicy, XfrmStep.ForwardPolicy,
    ];

    private static readonly XfrmStep[] Policies = [XfrmStep.OutboundPolicy, XfrmStep.InboundPolicy, XfrmStep.ForwardPolicy];

    public static TheoryData<XfrmStep, int, bool, bool> EveryCell
    {
        get
        {
            TheoryData<XfrmStep, int, bool, bool> cells = [];
            foreach (bool inAuth in new[] { true, false })
            {
                foreach (bool byInitiator in new[] { true, false })
                {
                    foreach (XfrmStep step in Steps)
                    {
                        cells.Add(step, Errno.ENOMEM, byInitiator, inAuth);
                        if (step != XfrmStep.Spi) cells.Add(step, Policies.Contains(step) ? Errno.EINVAL : Errno.EPROTONOSUPPORT, byInitiator, inAuth);
                    }
                }
            }

            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(EveryCell))]
    public async Task A_refusal_is_told_as_the_rfc_wants_and_nothing_is_left(XfrmStep step, int error, bool byInitiator, bool inAuth)
    {
        await using NodePair pair = new() { StartAction = ChildAction.None, MoonOptions = Patient, SunOptions = Patient };
        await pair.StartAsync();
        MemoryXfrmBackend refusing = byInitiator ? pair.MoonKernel : pair.SunKernel;
        int before = 0;
        if (inAuth)
        {
            refusing.Refuse(step, error, "no");
            pair.Moon.Initiate("sun", "net");
        }
        else
        {
            pair.Moon.Initiate("sun", "net");
            await pair.InstalledAsync();
            before = 1;
            refusing.Refuse(step, error, "no");
            pair.Moon.InitiateChild(pair.Moon.IkeSas[0].Session, "second");
        }

        await RefusedAndOverAsync(pair, step, byInitiator, inAuth);

        Assert.Equal(Expected(step, error, byInitiator, inAuth), Told(pair, byInitiator, inAuth));
        foreach (ConcentratorNode node in new[] { pair.Moon, pair.Sun })
        {
            NodeSnapshot snapshot = await node.GetSnapshotAsync(TestContext.Current.CancellationToken);
            Assert.Equal(IkeSaState.Established, Assert.Single(snapshot.IkeSas).State);
            Assert.Equal(new TableCounts(0, 2 * before, 3 * before, 0), snapshot.Kernel);
        }

        Assert.Equal((2 * before, 3 * before), (pair.MoonKernel.DumpSas().Count, pair.MoonKernel.DumpPolicies().Count));
        Assert.Equal((2 * before, 3 * before), (pair.SunKernel.DumpSas().Count, pair.SunKernel.DumpPolicies().Count));
    }

    /// <summary>No second attempt within the test; the kernel allocates SPIs, so that this step can be refused too.</summary>
    private static NodeOptions Patient(NodeOptions options) => options with
    {
        KernelAllocatesSpis = true,
        ChildRetry = new BackOff(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)),
    };

    private static async Task RefusedAndOverAsync(NodePair pair, XfrmStep step, bool byInitiator, bool inAuth)
    {
        if (step == XfrmStep.Spi && byInitiator)
        {
            await pair.MoonEvents.NextAsync<KernelRefused>(_ => true, "refusal");
            if (inAuth) await ReceivedAsync(pair.MoonEvents, "IKE_AUTH response 1");
            else await pair.MoonEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Destroying, "the child's end");
        }
        else if (byInitiator)
        {
            await ReceivedAsync(pair.MoonEvents, $"INFORMATIONAL response {(inAuth ? 2 : 3)}");
            await pair.SunEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Destroying, "the deleted child's end");
        }
        else
        {
            await pair.MoonEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Destroying, "the refused child's end");
        }
    }

    private static Task<IkeSaHappened> ReceivedAsync(EventLog events, string head) => events.NextAsync<IkeSaHappened>(
        happened => (happened.Event as MessageReceived)?.Summary.StartsWith(head, StringComparison.Ordinal) == true, head);

    /// <summary>What the refusing side said about it: the last message of its that is not one of a set-up.</summary>
    private static string Told(NodePair pair, bool byInitiator, bool inAuth)
    {
        IReadOnlyList<string> sent = NodePair.SentBy(byInitiator ? pair.MoonEvents : pair.SunEvents);
        return byInitiator && !sent[^1].StartsWith("INFORMATIONAL", StringComparison.Ordinal) && !inAuth ? "" : sent[^1];
    }

    private static string Expected(XfrmStep step, int error, bool byInitiator, bool inAuth)
    {
        if (byInitiator && step == XfrmStep.Spi) return inAuth ? "IKE_AUTH request 1 [ IDi IDr AUTH N(INIT_CONTACT) N(MSG_ID_SYN_SUP) ]" : "";
        if (byInitiator) return $"INFORMATIONAL request {(inAuth ? 2 : 3)} [ D ]";
        bool transient = error == Errno.ENOMEM;
        string notify = transient ? inAuth ? "NO_PROP" : "TEMP_FAIL" : Policies.Contains(step) ? "TS_UNACCEPT" : "NO_PROP";
        return inAuth ? $"IKE_AUTH response 1 [ IDr AUTH N(MSG_ID_SYN_SUP) N({notify}) ]" : $"CREATE_CHILD_SA response 2 [ N({notify}) ]";
    }
}
