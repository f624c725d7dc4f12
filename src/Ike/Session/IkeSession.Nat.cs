using System.Net;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>NAT detection and the move to the NAT-traversal port (RFC 7296 §2.23).</summary>
public sealed partial class IkeSession
{
    /// <summary>The peer does NAT traversal: it has told its view of the addresses.</summary>
    private bool _peerKnowsNat;

    private bool _peerIsBehindNat;
    private bool _weAreBehindNat;

    /// <summary>What the peer last said that it sees as our address: its hash (RFC 4555 §3.8).</summary>
    private byte[] _seenByPeer = [];

    /// <summary>A NAT stands before the peer.</summary>
    public bool PeerIsBehindNat => _peerIsBehindNat;

    /// <summary>A NAT stands before us.</summary>
    public bool WeAreBehindNat => _weAreBehindNat;

    /// <summary>We say that there is a NAT where there is none, so that ESP travels in UDP.</summary>
    public bool PretendsNat => _context.ForceEncapsulation || _connection is { ForceEncapsulation: true };

    private bool NatDetected => _peerIsBehindNat || _weAreBehindNat;

    /// <summary>ESP travels in UDP: a NAT is between, or the configuration says to pretend so.</summary>
    private bool UsesUdpEncapsulation => NatDetected || PretendsNat;

    /// <summary>A NAT would change the addresses that transport mode needs; and a node that has ESP in UDP alone has it in tunnel mode alone.</summary>
    private bool TransportIsPossible => !NatDetected && !_context.ForceEncapsulation;

    /// <summary>
    /// RFC 7296 §2.23: UDP encapsulation must not be done on port 500, and without it ESP does not pass the NAT: a peer that stays there has no child.
    /// </summary>
    private bool CanCarryEsp
    {
        get
        {
            if (!UsesUdpEncapsulation || EspPath.NonEspMarker) return true;
            Say(LogTag.Chd, Severity.Warning, "ESP has to travel in UDP and the peer has stayed on port 500, which is for IKE alone: no CHILD_SA");
            return false;
        }
    }

    /// <summary>Both NAT_DETECTION notifies of a message that has these SPIs in its header.</summary>
    private IEnumerable<Payload> NatDetectionPayloads(ulong spiI, ulong spiR, IkePath path, bool pretendNat)
    {
        // A source hash that cannot match makes the peer see a NAT in front of us, and so encapsulate.
        IPEndPoint source = pretendNat || _context.ForceEncapsulation ? new IPEndPoint(IPAddress.Any, 0) : path.Local;
        yield return new NotifyPayload(NotifyType.NatDetectionSourceIp, NatDetection.Hash(spiI, spiR, source.Address, (ushort)source.Port));
        yield return new NotifyPayload(
            NotifyType.NatDetectionDestinationIp, NatDetection.Hash(spiI, spiR, path.Remote.Address, (ushort)path.Remote.Port));
    }

    /// <summary>Takes over what the peer's hashes show; without hashes the peer does no NAT traversal.</summary>
    private void DetectNat(IkeMessage message, IkePath path)
    {
        if (NatsBetween(message, path) is not var (peer, we)) return;
        _peerKnowsNat = true;
        _seenByPeer = message.Notify(NotifyType.NatDetectionDestinationIp)!.Data.ToArray();
        (_peerIsBehindNat, _weAreBehindNat) = (peer, we);
        if (_peerIsBehindNat) Say(LogTag.Ike, Severity.Info, "remote host is behind NAT");
        if (_weAreBehindNat) Say(LogTag.Ike, Severity.Info, "local host is behind NAT");
    }

    /// <summary>Compares the peer's hashes with what the datagram shows. Null: it has none.</summary>
    private static (bool Peer, bool We)? NatsBetween(IkeMessage message, IkePath path)
    {
        (ulong spiI, ulong spiR) = (message.Header.InitiatorSpi, message.Header.ResponderSpi);
        var sources = message.Notifies.Where(n => n.NotifyType == NotifyType.NatDetectionSourceIp).ToList();
        NotifyPayload? destination = message.Notify(NotifyType.NatDetectionDestinationIp);
        if (sources.Count == 0 || destination is null) return null;

        byte[] seenSource = NatDetection.Hash(spiI, spiR, path.Remote.Address, (ushort)path.Remote.Port);
        byte[] seenDestination = NatDetection.Hash(spiI, spiR, path.Local.Address, (ushort)path.Local.Port);
        return (!sources.Any(n => n.Data.Span.SequenceEqual(seenSource)), !destination.Data.Span.SequenceEqual(seenDestination));
    }

    /// <summary>
    /// RFC 7296 §2.23: an initiator that sees a NAT goes on at the NAT-traversal port; one that does MOBIKE in any case, for it may come behind one
    /// (RFC 4555 §3.3).
    /// </summary>
    private void FloatToNatPort()
    {
        bool mayMeetNat = _peerKnowsNat && _connection is { Mobike: true };
        if (!(UsesUdpEncapsulation || mayMeetNat) || Path is not { NonEspMarker: false } path) return;
        Path = new IkePath(
            new IPEndPoint(path.Local.Address, _context.LocalNatPort),
            new IPEndPoint(path.Remote.Address, _context.RemoteNatPort),
            NonEspMarker: true);
    }
}
