using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Store;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;
using Concentrator.Kernel;

namespace Concentrator.Actors.Routing;

/// <summary>
/// Decides about a datagram from its header alone: which IKE SA it is for, whether it may begin one, or why it is thrown away. Nothing is
/// trusted, nothing is made and nothing is allocated here (but for an address where a cookie is computed). Owned by the router, one thread.
/// </summary>
internal sealed class DatagramGate(
    SessionDirectory sessions, SpiMinter minter, StatelessCookie cookies, HalfOpenTable halfOpen, HalfOpenLimits limits)
{
    private const double AnswersPerSecond = 100;
    private const int AnswerBurst = 200;

    private readonly TokenBucket _answers = new(AnswersPerSecond, AnswerBurst);

    /// <summary>Proves to peers that we have forgotten their IKE SA (RFC 6290); null: we cannot. Not owned.</summary>
    public CrashTokens? CrashTokens { get; init; }

    /// <summary>Those whose sessions this node knows.</summary>
    public LocalShards Shards { get; set; } = LocalShards.All;

    /// <summary>Whether what begins can be stored; null: it is not stored. Not owned.</summary>
    public StoreBoard? Store { get; init; }

    /// <summary>Whoever begins here and follows is sent there: a gateway as REDIRECT names it (RFC 5685 §7.2); null: nobody is.</summary>
    public byte[]? Elsewhere { get; set; }

    /// <summary>But for those who come from another gateway, unless nothing new begins here.</summary>
    public bool RedirectsOnlyOnce { get; set; }

    /// <summary>Those that belong to the address that the datagram came to; null: all.</summary>
    public LocalShards? Belonging { get; set; }

    /// <summary>Nothing new begins any more.</summary>
    public bool IsClosed { get; set; }

    /// <summary>The address that the datagram came to goes to another node, or has just gone: whoever begins begins there, a moment later.</summary>
    public bool IsMoving { get; set; }

    /// <summary>Of a datagram that another node has handed on: whether a shard of this node goes to another; null: it came from the wire.</summary>
    public Func<byte, bool>? Leaves { get; set; }

    public bool DemandsCookies => limits.CookieThreshold > 0 && halfOpen.Total >= limits.CookieThreshold;

    /// <param name="datagram">Without the non-ESP marker.</param>
    /// <param name="peer">Where it came from.</param>
    /// <param name="now">Monotonic.</param>
    /// <param name="answer">At least <see cref="UnprotectedAnswer.MaxLength"/> octets, written to when the verdict is to answer.</param>
    public GateVerdict Judge(ReadOnlySpan<byte> datagram, in UdpEndpoint peer, TimeSpan now, Span<byte> answer)
    {
        // RFC 7296 §3.1: the length field covers the whole message.
        if (!IkeHeader.TryRead(datagram, out IkeHeader header)) return GateVerdict.Drop(DropReason.BadLength);
        if (header.MajorVersion != 2) return JudgeVersion(header, now, answer);
        if (header.Length != datagram.Length) return GateVerdict.Drop(DropReason.BadLength);
        // RFC 7296 §3.1: the initiator's SPI must not be zero.
        if (header.InitiatorSpi == 0) return GateVerdict.Drop(DropReason.BadHeader);
        return header.Exchange == ExchangeType.IkeSaInit && !header.IsResponse
            ? JudgeInitRequest(datagram, header, peer, answer)
            : JudgeOther(header, now, answer);
    }

    // RFC 7296 §2.5: a higher major version is dropped and should be answered; we speak no IKEv1 and ignore it.
    private GateVerdict JudgeVersion(in IkeHeader header, TimeSpan now, Span<byte> answer)
    {
        if (header.MajorVersion < 2 || header.IsResponse || !_answers.TryTake(now)) return GateVerdict.Drop(DropReason.BadVersion);
        return GateVerdict.Answer(DropReason.BadVersion, UnprotectedAnswer.Write(answer, header, NotifyType.InvalidMajorVersion, default));
    }

    private GateVerdict JudgeInitRequest(ReadOnlySpan<byte> datagram, in IkeHeader header, in UdpEndpoint peer, Span<byte> answer)
    {
        // RFC 7296 §2.2: its message id is 0; any other would aim our COOKIE answer at somebody's later exchange.
        // RFC 7296 §2.6: the responder's SPI is zero, and the original initiator sends it.
        if (header.MessageId != 0 || header.ResponderSpi != 0 || !header.IsFromOriginalInitiator) return GateVerdict.Drop(DropReason.BadHeader);
        SessionId session = minter.MintForResponder(peer, header.InitiatorSpi, Shards, Belonging);
        // Where no shard lives here that it could be in, the node that has one lets it begin, or whoever gets that one in a moment.
        if (sessions.Contains(session) || !Shards.Contains(session.Shard)) return GateVerdict.Deliver(session);

        if (IsClosed && Elsewhere is null) return GateVerdict.Drop(DropReason.ShuttingDown);
        if (IsMoving || Leaves?.Invoke(session.Shard) == true) return GateVerdict.Drop(DropReason.AddressMoves);
        if (Store is { IsAvailable: false }) return GateVerdict.Drop(DropReason.StoreUnavailable);
        if (!InitRequest.TryRead(datagram, header.NextPayload, out InitRequest request)) return GateVerdict.Drop(DropReason.Malformed);
        if (MustShowCookie(peer) && !cookies.Verify(request.Cookie, request.Nonce, peer.ToAddress(), header.InitiatorSpi))
            return DemandCookie(header, request, peer, answer);
        // Never longer than what asked for it: nobody is flooded by our hand.
        if (Elsewhere is { } gateway && MayBeSent(request) && request.Nonce.Length is >= 16 and <= 256 && UnprotectedAnswer.LengthOfRedirect(gateway, request.Nonce) <= datagram.Length)
            return GateVerdict.Answer(DropReason.Redirected, UnprotectedAnswer.WriteRedirect(answer, header, gateway, request.Nonce));
        if (IsClosed) return GateVerdict.Drop(DropReason.ShuttingDown);
        return IsOverLimit(peer) ? GateVerdict.Drop(DropReason.HalfOpenLimit) : GateVerdict.Begin(session);
    }

    private bool MayBeSent(in InitRequest request) => request.FollowsRedirect && (IsClosed || !RedirectsOnlyOnce || !request.WasRedirected);

    // RFC 7296 §3.1: the I flag says which of the SPIs is ours.
    private GateVerdict JudgeOther(in IkeHeader header, TimeSpan now, Span<byte> answer)
    {
        ulong localSpi = header.IsFromOriginalInitiator ? header.ResponderSpi : header.InitiatorSpi;
        if (localSpi == 0) return GateVerdict.Drop(DropReason.BadHeader);
        SessionId session = SessionId.Of(new IkeSpi(localSpi));
        // What lives on another node is that node's to judge; the shard region takes it there.
        if (sessions.Contains(session) || !Shards.Contains(session.Shard)) return GateVerdict.Deliver(session);

        // RFC 7296 §2.21.4: a request to an IKE SA that is unknown may be answered, outside any IKE SA and not too often; a response never.
        if (header.IsResponse || !_answers.TryTake(now)) return GateVerdict.Drop(DropReason.UnknownSpi);
        return GateVerdict.Answer(DropReason.UnknownSpi, AnswerUnknown(header, answer));
    }

    /// <summary>
    /// RFC 6290 §9: a token is shown for what looks like a protected request, and never for an IKE SA that lives: the tables have been asked for our SPI, and are
    /// asked for the other one, because the sender says which is which.
    /// </summary>
    private int AnswerUnknown(in IkeHeader header, Span<byte> answer)
    {
        (ulong local, ulong remote) = header.IsFromOriginalInitiator ? (header.ResponderSpi, header.InitiatorSpi) : (header.InitiatorSpi, header.ResponderSpi);
        bool isProtected = header.NextPayload is PayloadType.Encrypted or PayloadType.EncryptedFragment;
        if (CrashTokens is null || !isProtected || remote == 0 || sessions.Contains(SessionId.Of(new IkeSpi(remote))))
            return UnprotectedAnswer.Write(answer, header, NotifyType.InvalidIkeSpi, default);
        Span<byte> token = stackalloc byte[Ike.Crypto.CrashTokens.Length];
        CrashTokens.Write(local, remote, token);
        return UnprotectedAnswer.WriteCrash(answer, header, token);
    }

    private bool MustShowCookie(in UdpEndpoint peer) =>
        DemandsCookies || (limits.CookieThresholdPerAddress > 0 && halfOpen.Of(peer) >= limits.CookieThresholdPerAddress);

    // RFC 7296 §2.6: a cookie that is wrong counts as none.
    private GateVerdict DemandCookie(in IkeHeader header, in InitRequest request, in UdpEndpoint peer, Span<byte> answer)
    {
        Span<byte> cookie = stackalloc byte[StatelessCookie.Length];
        return cookies.TryMint(request.Nonce, peer.ToAddress(), header.InitiatorSpi, cookie)
            ? GateVerdict.Answer(DropReason.CookieDemanded, UnprotectedAnswer.Write(answer, header, NotifyType.Cookie, cookie))
            : GateVerdict.Drop(DropReason.Malformed);
    }

    private bool IsOverLimit(in UdpEndpoint peer) =>
        (limits.BlockThreshold > 0 && halfOpen.Of(peer) >= limits.BlockThreshold)
        || (limits.InitLimit > 0 && halfOpen.Total >= limits.InitLimit);
}
