using Concentrator.Ike.Session;

namespace Concentrator.Ike.Tests.Session;

/// <summary>The network between the ends of a <see cref="Pair"/> as the test wants it: what is sent stays under way until the test delivers or loses it.</summary>
internal sealed class Wire
{
    private readonly Pair _pair;

    public Wire(Pair pair)
    {
        _pair = pair;
        pair.Network = (packet, toResponder) =>
        {
            UnderWay.Add((packet, toResponder));
            return null;
        };
    }

    /// <summary>In the order in which it was sent.</summary>
    public List<(Packet Packet, bool ToResponder)> UnderWay { get; } = [];

    public void Deliver(int which, bool keep = false)
    {
        (Packet packet, bool toResponder) = UnderWay[which];
        if (!keep) UnderWay.RemoveAt(which);
        _pair.Inject(toResponder ? _pair.Responder : _pair.Initiator, packet.Octets);
        _pair.Drive();
    }

    public void Lose(int which) => UnderWay.RemoveAt(which);

    /// <summary>Delivers what is under way, and from then on everything at once; time passes until nothing is left to be done.</summary>
    public void Calm()
    {
        _pair.Network = (packet, _) => packet;
        while (UnderWay.Count > 0) Deliver(0);
        _pair.Advance(TimeSpan.FromMinutes(15));
    }
}
