using System.Net;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;

namespace Concentrator.Ike.Tests.Session;

/// <summary>
/// Two IKE SAs wired together in memory: virtual time, no sockets, datagrams lost, doubled or held back as the test says.
/// <see cref="Initiator"/> is at 192.0.2.1, <see cref="Responder"/> at 192.0.2.2.
/// </summary>
internal sealed class Pair
{
    public const ulong InitiatorSpi = 0x0101_0101_0101_0100;
    public const ulong ResponderSpi = 0x0202_0202_0202_0200;
    private const int StepLimit = 10_000;

    /// <summary>The NAT's memory: what an outer address stands for.</summary>
    private readonly Dictionary<IPEndPoint, IPEndPoint> _mappings = [];

    public Pair(Action<PairOptions>? configure = null)
    {
        var options = new PairOptions();
        configure?.Invoke(options);
        Options = options;
        Initiator = new TestPeer("initiator", options.InitiatorContext(), InitiatorSpi, new IPEndPoint(IPAddress.Parse("192.0.2.1"), 500));
        Responder = new TestPeer("responder", options.ResponderContext(), ResponderSpi, new IPEndPoint(IPAddress.Parse("192.0.2.2"), 500));
    }

    public PairOptions Options { get; }

    public TestPeer Initiator { get; }

    public TestPeer Responder { get; }

    public TimeSpan Now { get; private set; }

    /// <summary>What went over the wire and arrived, oldest first.</summary>
    public List<Packet> Wire { get; } = [];

    /// <summary>May change, lose (null) or record a datagram on its way. The flag is true for initiator to responder.</summary>
    public Func<Packet, bool, Packet?> Network { get; set; } = (packet, _) => packet;

    public void Start(params string[] children)
    {
        ConnectionConfig connection = Initiator.Context.Config.Connections[0];
        string[] wanted = children.Length > 0 ? children : [connection.Children[0].Name];
        Initiator.Handle(
            new Initiate(connection, wanted, new IkePath(Initiator.Address, Responder.Address, false), InitialContact: true), Now);
    }

    /// <summary>Starts, and delivers until nothing is on its way.</summary>
    public Pair Establish(params string[] children)
    {
        Start(children);
        Drive();
        return this;
    }

    public void Drive()
    {
        for (int step = 0; step < StepLimit; step++)
        {
            if (Initiator.Outbox.TryDequeue(out Packet? fromInitiator)) Deliver(fromInitiator, Responder, toResponder: true);
            else if (Responder.Outbox.TryDequeue(out Packet? fromResponder)) Deliver(fromResponder, Initiator, toResponder: false);
            else return;
        }

        Assert.Fail("the two ends never come to rest");
    }

    /// <summary>Lets time pass: every timer fires at its own moment, and what it causes is delivered.</summary>
    public void Advance(TimeSpan span)
    {
        TimeSpan end = Now + span;
        for (int step = 0; step < StepLimit; step++)
        {
            TimeSpan? next = new[] { Initiator.NextTimer, Responder.NextTimer }.Where(t => t is not null).Min();
            if (next is null || next > end) break;
            Now = next.Value > Now ? next.Value : Now;
            Initiator.FireTimers(Now);
            Responder.FireTimers(Now);
            Drive();
        }

        Now = end;
    }

    public void Tell(TestPeer peer, SessionInput input)
    {
        peer.Handle(input, Now);
        Drive();
    }

    /// <summary>Puts octets of the test's own making before a peer, as if from the other.</summary>
    public void Inject(TestPeer to, byte[] octets, IkePath? path = null)
    {
        TestPeer from = to == Initiator ? Responder : Initiator;
        to.Handle(new DatagramReceived(octets.ToArray(), path ?? new IkePath(to.Address, from.Address, false)), Now);
    }

    private void Deliver(Packet packet, TestPeer to, bool toResponder)
    {
        if (Network(packet, toResponder) is not { } arrived) return;
        Wire.Add(arrived);
        IkePath path = arrived.Path;
        IPEndPoint source = Options.Translate(path.Local, toResponder);
        _mappings[source] = path.Local;
        var seen = new IkePath(_mappings.GetValueOrDefault(path.Remote, path.Remote), source, path.NonEspMarker);
        to.Handle(new DatagramReceived(arrived.Octets.ToArray(), seen), Now);
    }
}

internal static class PairExtensions
{
    /// <summary>As the router would: a refused IKE_SA_INIT leaves nothing, and the next one meets a new IKE SA.</summary>
    public static Pair WithRestartingResponder(this Pair pair)
    {
        Func<Packet, bool, Packet?> network = pair.Network;
        pair.Network = (packet, toResponder) =>
        {
            if (toResponder && pair.Responder.Session.State == IkeSaState.Destroyed) pair.Responder.Reset(Pair.ResponderSpi);
            return network(packet, toResponder);
        };
        return pair;
    }
}
