using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>
/// Quick crash detection (RFC 6290). As token maker: each IKE SA's token is told to the peer inside it; the router shows it, unprotected, when the IKE SA is not
/// known any more. As token taker: whoever shows the peer's token is the peer, and has forgotten the IKE SA.
/// </summary>
public sealed partial class IkeSession
{
    /// <summary>Empty where we cannot prove a crash: without a secret that outlives us.</summary>
    private IEnumerable<Payload> CrashTokenPayload(IkeSa sa)
    {
        if (_context.CrashTokens is not { } maker) return [];
        byte[] token = new byte[CrashTokens.Length];
        maker.Write(sa.LocalSpi, sa.RemoteSpi, token);
        // RFC 6290 §4.1: the protocol is IKE, and there is no SPI.
        return [new NotifyPayload(NotifyType.QuickCrashDetection, token, ProtocolId.Ike, default)];
    }

    /// <summary>RFC 6290 §4.3: whoever asked for the rekeying tells its token in an exchange of its own.</summary>
    private void TellCrashToken()
    {
        if (_context.CrashTokens is not null) Enqueue(new CrashTokenRequest());
    }

    /// <summary>RFC 6290 §4.4: a token in a protected message is taken whenever it comes, in the place of the one before.</summary>
    private static void TakeCrashToken(IkeSa sa, IkeMessage message)
    {
        if (message.Notify(NotifyType.QuickCrashDetection) is { Data.Length: >= CrashTokens.Length and <= CrashTokens.MaxLength } token)
            sa.PeerCrashToken = new Secret(token.Data.Span);
    }

    /// <summary>
    /// RFC 6290 §4.5: an unprotected INVALID_IKE_SPI with the peer's token is the peer's word that the IKE SA is gone there: so it is here, at once. Without
    /// the token it is anybody's word, and changes nothing (RFC 7296 §2.21.4).
    /// </summary>
    private bool ShowsCrash(IkeSa sa, in IkeHeader header, Memory<byte> datagram)
    {
        // One that was replaced has been deleted at the peer in good order, and its token proves nothing about its successor.
        if (header.NextPayload != PayloadType.Notify || sa != _sa || sa.PeerCrashToken is not { } token) return false;
        if (State is not (IkeSaState.Established or IkeSaState.Deleting)) return false;
        IkeMessage? message = MessageCodec.ParseClear(datagram.Span).Message;
        if (message?.Notify(NotifyType.InvalidIkeSpi) is null) return false;
        // RFC 6290 §4.5: there may be several, of a maker that has several secrets.
        if (!message.Notifies.Any(n => n.NotifyType == NotifyType.QuickCrashDetection && token.FixedTimeEquals(n.Data.Span))) return false;

        Say(LogTag.Ike, Severity.Warning, "the peer has lost this IKE_SA, and proves it with its QCD token");
        Follow(c => c.DpdAction);
        Finish(Trigger.Abandoned, EndReason.PeerCrashed);
        return true;
    }
}
