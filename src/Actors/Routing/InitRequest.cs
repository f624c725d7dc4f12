using System.Buffers.Binary;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Actors.Routing;

/// <summary>
/// What matters in an IKE_SA_INIT request before there is state: its nonce, a cookie if that is the first payload (RFC 7296 §2.6), and whether it may be
/// sent elsewhere (RFC 5685). Borrows the datagram; allocates nothing and believes nothing.
/// </summary>
internal readonly ref struct InitRequest
{
    private const int GenericHeader = 4;
    private const int NotifyHeader = 8;

    private InitRequest(ReadOnlySpan<byte> cookie, ReadOnlySpan<byte> nonce, bool followsRedirect, bool wasRedirected)
    {
        Cookie = cookie;
        Nonce = nonce;
        FollowsRedirect = followsRedirect;
        WasRedirected = wasRedirected;
    }

    /// <summary>Its sender says that it goes where it is sent.</summary>
    public bool FollowsRedirect { get; }

    /// <summary>Its sender says that another gateway has sent it here.</summary>
    public bool WasRedirected { get; }

    /// <summary>Empty when there is none.</summary>
    public ReadOnlySpan<byte> Cookie { get; }

    /// <summary>Empty when there is none.</summary>
    public ReadOnlySpan<byte> Nonce { get; }

    /// <summary>False when the chain of payloads does not hold together.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, PayloadType first, out InitRequest request)
    {
        ReadOnlySpan<byte> rest = datagram[IkeHeader.Size..], cookie = default, nonce = default;
        bool isFirst = true, followsRedirect = false, wasRedirected = false;
        request = default;
        for (PayloadType type = first; type != PayloadType.None; isFirst = false)
        {
            if (rest.Length < GenericHeader) return false;
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (length < GenericHeader || length > rest.Length) return false;
            ReadOnlySpan<byte> payload = rest[..length];
            if (type == PayloadType.Nonce) nonce = payload[GenericHeader..];
            else if (isFirst && type == PayloadType.Notify) cookie = CookieIn(payload);
            NotifyType says = type == PayloadType.Notify && payload.Length >= NotifyHeader ? (NotifyType)BinaryPrimitives.ReadUInt16BigEndian(payload[6..]) : default;
            // RFC 5685 §3, §4: who comes from another gateway says that instead, or as well.
            wasRedirected |= says == NotifyType.RedirectedFrom;
            followsRedirect |= says is NotifyType.RedirectSupported or NotifyType.RedirectedFrom;
            type = (PayloadType)rest[0];
            rest = rest[length..];
        }

        request = new InitRequest(cookie, nonce, followsRedirect, wasRedirected);
        return rest.IsEmpty;
    }

    private static ReadOnlySpan<byte> CookieIn(ReadOnlySpan<byte> notify) =>
        notify.Length > NotifyHeader && notify[5] == 0 && BinaryPrimitives.ReadUInt16BigEndian(notify[6..]) == (ushort)NotifyType.Cookie
            ? notify[NotifyHeader..]
            : default;
}
