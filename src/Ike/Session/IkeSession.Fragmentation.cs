using System.Net.Sockets;
using System.Security.Cryptography;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>IKE fragmentation, RFC 7383: when messages are cut, how small, and how they become whole again.</summary>
public sealed partial class IkeSession
{
    /// <summary>After so many tries in vain a router on the way may be swallowing large datagrams (RFC 7383 §2.5.2).</summary>
    private const int TriesBeforeCuttingSmaller = 3;

    /// <summary>Octets of an IPv4 packet that every host takes (RFC 791), and those of its headers: IPv4, UDP, non-ESP marker.</summary>
    private const int SmallestIpv4Packet = 576;
    private const int Ipv4Headers = 20 + 8 + 4;
    private const int Ipv6Headers = 40 + 8 + 4;

    /// <summary>Octets of a message that fit into the smallest packets, with room for the headers and the protection of each.</summary>
    private const int MostToCutSmaller = FragmentBuffer.MaxFragments * (SmallestIpv4Packet - Ipv4Headers - 128);

    /// <summary>Both sides said that they know it.</summary>
    private bool _fragmentation;

    private int _largestPacket;

    private static IEnumerable<Payload> FragmentationPayload(bool isKnown) => isKnown ? [new NotifyPayload(NotifyType.Ikev2FragmentationSupported)] : [];

    private void AgreeOnFragmentation(IkeMessage init)
    {
        bool weDo = _connection is { } connection ? connection.Fragmentation != FragmentationPolicy.No : _candidates.Any(c => c.Fragmentation != FragmentationPolicy.No);
        _fragmentation = weDo && init.Notify(NotifyType.Ikev2FragmentationSupported) is not null;
        _largestPacket = _context.LargestPacket;
    }

    /// <summary>The datagrams of a message: one, where it fits or cannot be cut.</summary>
    private IReadOnlyList<byte[]> Protect(IkeSa sa, in IkeHeader header, List<Payload> payloads, IkePath path)
    {
        if (!_fragmentation || _connection is { Fragmentation: FragmentationPolicy.Accept or FragmentationPolicy.No }) return [MessageCodec.WriteProtected(header, payloads, sa.Outbound!)];
        int headers = path.Remote.AddressFamily == AddressFamily.InterNetworkV6 ? Ipv6Headers : Ipv4Headers;
        IReadOnlyList<byte[]> datagrams = MessageCodec.WriteFragments(header, payloads, sa.Outbound!, _largestPacket - headers);
        if (datagrams.Count > 1) Say(LogTag.Enc, Severity.Info, $"splitting IKE message ({datagrams.Sum(d => d.Length)} bytes) into {datagrams.Count} fragments");
        return datagrams;
    }

    /// <summary>A request of ours that is lost again and again may be too large for the way.</summary>
    private void CutSmaller(IkeSa sa, OutstandingRequest request)
    {
        if (request.Payloads is null) return;
        request.Datagrams = CutSmaller(sa, sa.HeaderFor(request.Exchange, isResponse: false, request.MessageId), request.Payloads, request.Datagrams, Path!);
    }

    /// <summary>So may a response of ours, when the peer asks for it again and again.</summary>
    private void CutSmaller(IkeSa sa, KeptResponse response, IkePath path) =>
        sa.LastResponse = response with { Datagrams = CutSmaller(sa, response.Header, response.Payloads, response.Datagrams, path) };

    /// <summary>
    /// RFC 7383 §2.5.2: a router may be swallowing large datagrams and telling nobody. The receiver starts anew with the greater total (§2.6). IPv6 is cut to its
    /// least packet from the beginning; and what is too long for the bound on fragments stays as it is.
    /// </summary>
    private IReadOnlyList<byte[]> CutSmaller(IkeSa sa, in IkeHeader header, IReadOnlyList<Payload> payloads, IReadOnlyList<byte[]> datagrams, IkePath path)
    {
        if (!_fragmentation || payloads.Count == 0 || path.Remote.AddressFamily == AddressFamily.InterNetworkV6) return datagrams;
        if (datagrams.All(d => d.Length + Ipv4Headers <= SmallestIpv4Packet) || datagrams.Sum(d => d.Length) > MostToCutSmaller) return datagrams;
        _largestPacket = Math.Min(_largestPacket, SmallestIpv4Packet);
        return Protect(sa, header, [.. payloads], path);
    }

    /// <summary>
    /// Verifies and decrypts a message, or puts a fragment to the others of its message. Null, and what is to be told is told, as long as there is
    /// nothing whole and authentic. The digest is that by which a repetition is known: of the datagram, or of fragment 1.
    /// </summary>
    private ParseResult? Open(IkeSa sa, in IkeHeader header, Memory<byte> datagram, IkePath path, out byte[] digest)
    {
        digest = [];
        if (!MessageCodec.IsFragment(datagram.Span))
        {
            digest = SHA256.HashData(datagram.Span);
            ParseResult result = MessageCodec.ParseProtected(datagram.Span, sa.Inbound!);
            if (result.Status is not (ParseStatus.Malformed or ParseStatus.NotAuthentic)) return result;
            NoteUnauthenticated(header, datagram, result.Status);
            return null;
        }

        if (!_fragmentation)
        {
            // RFC 7383 §2.3: not agreed upon.
            Drop(DropReason.Malformed, "fragment");
            return null;
        }

        FragmentBuffer buffer = header.IsResponse
            ? sa.ResponseFragments ??= new FragmentBuffer(_context.FragmentLifetime)
            : sa.RequestFragments ??= new FragmentBuffer(_context.FragmentLifetime);
        switch (buffer.Take(datagram.Span, sa.Inbound!, _now))
        {
            case FragmentVerdict.Complete complete:
                Say(LogTag.Enc, Severity.Info, $"reassembled fragmented IKE message ({complete.Octets} bytes)");
                digest = complete.FirstDigest.ToArray();
                return complete.Result;
            case FragmentVerdict.Dropped dropped:
                Drop(DropReason.Malformed, $"fragment: {dropped.Fault}");
                if (dropped.Fault is FragmentFault.TooMany or FragmentFault.TooLong) RefuseTooLarge(sa, header, path);
                return null;
            case FragmentVerdict.NotAuthentic:
                Drop(DropReason.NotAuthentic);
                return null;
            default:
                return null;
        }
    }

    /// <summary>
    /// An authentic message beyond all bounds. In IKE_AUTH, before the peer is authenticated, that is the end; later it is as if it had never come.
    /// </summary>
    private void RefuseTooLarge(IkeSa sa, in IkeHeader header, IkePath path)
    {
        bool answers = header.IsResponse && State == IkeSaState.AuthRequested;
        if (header.Exchange != ExchangeType.IkeAuth || !(answers || State == IkeSaState.InitAnswered)) return;
        Say(LogTag.Ike, Severity.Warning, $"IKE_AUTH message of more than {FragmentBuffer.MaxFragments} fragments or {FragmentBuffer.MaxOctets} octets refused");
        if (answers)
        {
            Settle(sa);
            DenyResponder();
            SendNext();
        }
        else
        {
            _answering = sa.Answering = new InboundRequest(sa, header, [], path, IsEmpty: false);
            DenyInitiator();
        }
    }
}
