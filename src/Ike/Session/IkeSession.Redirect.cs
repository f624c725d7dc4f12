using System.Net;
using System.Security.Cryptography;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>
/// Redirecting (RFC 5685). As gateway: a client that follows is sent elsewhere in IKE_AUTH or later; in IKE_SA_INIT that is the router's work, without any state.
/// As client: the peer is called where it says, and the IKE SA that said so ends. Whoever calls carries the moments of the redirects along: a client that is sent
/// round in circles stops following.
/// </summary>
public sealed partial class IkeSession
{
    /// <summary>RFC 5685 §3: the bound on loops.</summary>
    private const int MostRedirects = 5;
    private static readonly TimeSpan RedirectPeriod = TimeSpan.FromMinutes(5);

    private bool _peerFollowsRedirect;

    /// <summary>We go where the peer has sent us, or it goes where we have: the end of this IKE SA is no failure.</summary>
    private bool _isRedirected;

    private IPAddress? _redirectedFrom;

    /// <summary>When we were redirected on the way here.</summary>
    private IReadOnlyList<TimeSpan> _redirects = [];

    /// <summary>RFC 5685 §3, §4: that we follow, and where we come from.</summary>
    private IEnumerable<Payload> RedirectPayloads()
    {
        if (!_context.FollowsRedirects) yield break;
        if (_redirectedFrom is { } from) yield return new NotifyPayload(NotifyType.RedirectedFrom, GatewayIdentity.Of(from).Write(default));
        yield return new NotifyPayload(NotifyType.RedirectSupported);
    }

    private void NoteRedirectSupport(IkeMessage init)
    {
        // RFC 5685 §4: who was redirected says so as well, and follows again.
        _peerFollowsRedirect = init.Notify(NotifyType.RedirectSupported) is not null || init.Notify(NotifyType.RedirectedFrom) is not null;
        if (init.Notify(NotifyType.RedirectedFrom) is { } notify && GatewayIdentity.Read(notify.Data.Span, out _) is { } from)
            Say(LogTag.Ike, Severity.Info, $"the peer comes from gateway {from}, which has redirected it");
    }

    /// <summary>RFC 5685 §3: an unprotected answer, which only somebody who has seen our nonce can have made. Anything else is ignored.</summary>
    private void FollowInitRedirect(NotifyPayload notify)
    {
        GatewayIdentity? to = GatewayIdentity.Read(notify.Data.Span, out ReadOnlySpan<byte> nonce);
        if (!_context.FollowsRedirects || to is null || !CryptographicOperations.FixedTimeEquals(nonce, _init!.NonceInitiator) || !MayBeSentTo(to))
        {
            Drop(DropReason.UnauthenticatedError, "REDIRECT");
            return;
        }

        CallAt(to);
        Finish(Trigger.Abandoned, EndReason.Redirected);
    }

    /// <summary>RFC 5685 §6: the gateway has authenticated itself, and there is no child. True when we go.</summary>
    private bool FollowsAuthRedirect(IkeMessage message)
    {
        if (message.Notify(NotifyType.Redirect) is not { } notify || !Follows(notify)) return false;
        BeginClose(EndReason.Redirected);
        return true;
    }

    /// <summary>RFC 5685 §5: after our response. The IKE SA is closed once there is another to go to; its children are wanted there.</summary>
    private void HeedRedirect(IkeMessage message)
    {
        if (State == IkeSaState.Established && IsInitiator && message.Notify(NotifyType.Redirect) is { } notify && Follows(notify)) BeginClose(EndReason.Redirected);
    }

    private bool Follows(NotifyPayload notify)
    {
        // RFC 5685 §3: who has not said that it follows is not redirected.
        if (!_context.FollowsRedirects || _isRedirected || GatewayIdentity.Read(notify.Data.Span, out _) is not { } to || !MayBeSentTo(to)) return false;
        CallAt(to);
        return true;
    }

    private bool MayBeSentTo(GatewayIdentity to)
    {
        if (_redirects.Count(at => _now - at < RedirectPeriod) < MostRedirects) return true;
        Say(LogTag.Ike, Severity.Warning, $"not redirected to {to}: that were more than {MostRedirects} redirects within {RedirectPeriod.TotalMinutes:F0} minutes");
        return false;
    }

    private void CallAt(GatewayIdentity to)
    {
        Say(LogTag.Ike, Severity.Info, $"redirected to {to}");
        _isRedirected = true;
        IReadOnlyList<TimeSpan> redirects = [.. _redirects.Where(at => _now - at < RedirectPeriod), _now];
        _effects.Add(new CallElsewhere(_connection!, [.. _wanted], Path!, to, redirects));
    }

    /// <summary>As gateway: in the response to IKE_AUTH, in the place of the child; null: the client stays (RFC 5685 §6).</summary>
    private GatewayIdentity? Elsewhere() => _peerFollowsRedirect ? _context.RedirectAtAuth(_connection!, RemoteIdentity!) : null;

    /// <summary>The client deletes the IKE SA; if it does not, we do.</summary>
    private void AwaitLeaving()
    {
        _isRedirected = true;
        Arm(TimerKind.IkeOver, _context.HalfOpenTimeout);
    }

    private void Redirect(GatewayIdentity to)
    {
        if (State != IkeSaState.Established) return;
        // RFC 5685 §5: a client that has not said that it follows cannot be redirected, and only the side that was called redirects.
        if (IsInitiator || !_peerFollowsRedirect)
        {
            Say(LogTag.Ike, Severity.Warning, $"'{RemoteIdentity}' does not follow redirects: it stays");
            return;
        }

        Say(LogTag.Ike, Severity.Info, $"redirecting '{RemoteIdentity}' to {to}");
        Enqueue(new RedirectRequest(to.Write(default)));
    }
}
