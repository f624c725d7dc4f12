using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>MOBIKE, RFC 4555: what both sides do. The side that set up the IKE SA decides about addresses (Roaming), the other follows (AnswerMobike).</summary>
public sealed partial class IkeSession
{
    /// <summary>More addresses of a host than this are neither told nor remembered.</summary>
    private const int MostAddresses = 16;

    private const int CookieLength = 16;

    /// <summary>Both sides said that they know it.</summary>
    private bool _mobike;

    /// <summary>The peer's addresses beside the one in use.</summary>
    private List<IPAddress> _peerAddresses = [];

    /// <summary>Ours, as the peer was last told.</summary>
    private List<IPAddress> _toldAddresses = [];

    private List<Payload> MobikePayloads(bool isWanted)
    {
        if (!isWanted) return [];
        _toldAddresses = AdditionalAddresses();
        return [new NotifyPayload(NotifyType.MobikeSupported), .. _toldAddresses.Select(PayloadOf)];
    }

    private void AgreeOnMobike(IkeMessage message)
    {
        _mobike = _connection!.Mobike && message.Notify(NotifyType.MobikeSupported) is not null;
        if (!_mobike) return;
        Say(LogTag.Ike, Severity.Info, "peer supports MOBIKE");
        NotePeerAddresses(message);
    }

    private IEnumerable<IPAddress> OwnAddresses() => _context.LocalAddresses().Where(_connection!.AllowsLocal);

    private List<IPAddress> AdditionalAddresses() => [.. OwnAddresses().Where(a => !a.Equals(Path!.Local.Address)).Take(MostAddresses)];

    /// <summary>RFC 4555 §3.6: always all of them; that there are none is said too.</summary>
    private List<Payload> AddressList()
    {
        _toldAddresses = AdditionalAddresses();
        return _toldAddresses.Count == 0 ? [new NotifyPayload(NotifyType.NoAdditionalAddresses)] : [.. _toldAddresses.Select(PayloadOf)];
    }

    private static NotifyPayload PayloadOf(IPAddress address) => new(
        address.AddressFamily == AddressFamily.InterNetwork ? NotifyType.AdditionalIp4Address : NotifyType.AdditionalIp6Address, address.GetAddressBytes());

    /// <summary>RFC 4555 §3.6: a list takes the place of the one before. True when the message has one.</summary>
    private bool NotePeerAddresses(IkeMessage message)
    {
        List<IPAddress> told =
        [
            .. message.Notifies
                .Where(n => (n.NotifyType, n.Data.Length) is (NotifyType.AdditionalIp4Address, 4) or (NotifyType.AdditionalIp6Address, 16))
                .Select(n => new IPAddress(n.Data.Span))
                .Where(a => !IPAddress.IsLoopback(a) && !a.Equals(IPAddress.Any) && !a.Equals(IPAddress.IPv6Any) && _connection!.AllowsRemote(a))
                .Distinct()
                .Take(MostAddresses),
        ];
        bool isList = told.Count > 0 || message.Notify(NotifyType.NoAdditionalAddresses) is not null;
        if (isList) _peerAddresses = told;
        return isList;
    }

    private IEnumerable<Payload> NatDetectionPayloads(IkePath path) => NatDetectionPayloads(_sa.Spis.Initiator, _sa.Spis.Responder, path, _connection!.ForceEncapsulation);

    private static bool HasNatDetection(IkeMessage message) => message.Notify(NotifyType.NatDetectionSourceIp) is not null;

    private byte[] DrawCookie()
    {
        byte[] cookie = new byte[CookieLength];
        _context.Random.Fill(cookie);
        return cookie;
    }

    /// <summary>RFC 4555 §3.7: what went out comes back, or the IKE SA is closed: somebody else may answer for the peer.</summary>
    private bool IsCookieReturned(IkeMessage response, byte[] cookie)
    {
        if (response.Notify(NotifyType.Cookie2) is { } returned && CryptographicOperations.FixedTimeEquals(returned.Data.Span, cookie)) return true;
        Say(LogTag.Ike, Severity.Warning, "COOKIE2 did not come back as it was sent: closing the IKE_SA");
        BeginClose(EndReason.NotRoutable);
        return false;
    }

    // RFC 4555 §4.2.6 NO_NATS_ALLOWED: source address, destination address, source port, destination port.
    private static bool IsOfPath(ReadOnlySpan<byte> data, IkePath path)
    {
        byte[] source = path.Remote.Address.GetAddressBytes(), destination = path.Local.Address.GetAddressBytes();
        return data.Length == source.Length + destination.Length + 4
            && data.StartsWith(source)
            && data[source.Length..].StartsWith(destination)
            && BinaryPrimitives.ReadUInt16BigEndian(data[^4..]) == path.Remote.Port
            && BinaryPrimitives.ReadUInt16BigEndian(data[^2..]) == path.Local.Port;
    }

    /// <summary>RFC 4555 §3.9: the sender says which addresses it put on the packet; these are not they.</summary>
    private bool IsUnexpectedNat(IkeMessage message) =>
        message.Notify(NotifyType.NoNatsAllowed) is { } wanted && !IsOfPath(wanted.Data.Span, _answering!.Path);
}
