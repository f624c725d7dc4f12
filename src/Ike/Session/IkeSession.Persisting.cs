using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>
/// When the state has to be stored: before the peer can act on what it holds. A request that changes something is stored before it leaves, a response that
/// does likewise; so whoever takes over repeats it octet by octet. Of the message ids a peer that knows RFC 6311 needs no exact account.
/// </summary>
public sealed partial class IkeSession
{
    /// <summary>Requests that may leave without their message ids being stored; whoever takes over begins beyond them.</summary>
    private const uint IdReserve = 1024;

    private bool _isAuthenticated;

    /// <summary>What the store has must not be what a successor goes on from, once anything more is sent.</summary>
    private bool _isUnwritten;

    /// <summary>It is to be stored now, whether anything is sent or not.</summary>
    private bool _isToBeWritten;

    /// <summary>In this turn; what is stored is the state at its end, or later.</summary>
    private bool _isWriting;

    /// <summary>Of the next request of the IKE SA in use, as it was stored last.</summary>
    private uint _writtenOutboundId;

    /// <summary>The store could not take the IKE SA at all.</summary>
    private bool _isLost;

    /// <summary>What may be told of the IKE SA once it is stored.</summary>
    private AnnounceEstablished? _announcement;

    private void MustBeWritten() => _isToBeWritten = true;

    /// <summary>Before anything leaves; <paramref name="changesState"/>: of what leaves.</summary>
    private void WriteAhead(bool changesState)
    {
        bool idsCount = !SynchronizesAfterwards || _sa.NextOutboundId - _writtenOutboundId >= IdReserve / 2;
        if (changesState || _isUnwritten || _isToBeWritten || idsCount) Write();
    }

    private void Write()
    {
        if (!_context.IsPersistent || !_isAuthenticated || _isLost || _isWriting || _endTrigger is not null) return;
        _isWriting = true;
        _effects.Add(Persist.Now);
    }

    /// <summary>The end of a turn.</summary>
    private void SettleWriting()
    {
        if (_isToBeWritten) Write();
        if (_isWriting)
        {
            (_isUnwritten, _isToBeWritten, _isWriting) = (false, false, false);
            _writtenOutboundId = _sa.NextOutboundId;
            foreach (IkeSa sa in _replaced.Append(_sa))
            {
                if (sa.Outstanding is { } request) request.IsWritten = true;
            }
        }
    }

    private void Announce()
    {
        if (_announcement is not { } announcement) return;
        _announcement = null;
        _effects.Add(announcement);
    }

    /// <summary>
    /// What stood behind the <see cref="Persist"/> was never done: a responder's peer has no answer to IKE_AUTH yet, and gets another in its place. An initiator's
    /// peer is up, and is told.
    /// </summary>
    private void OnStoreLost()
    {
        if (!_isAuthenticated || State != IkeSaState.Established) return;
        _isLost = true;
        Say(LogTag.Ike, Severity.Error, "the IKE_SA could not be stored: it ends");
        if (IsInitiator || _sa.LastResponse is not { Header.Exchange: ExchangeType.IkeAuth } response)
        {
            BeginClose(EndReason.StoreUnavailable);
            return;
        }

        List<Payload> payloads = [new NotifyPayload(NotifyType.TemporaryFailure)];
        IReadOnlyList<byte[]> datagrams = Protect(_sa, response.Header, payloads, Path!);
        _sa.LastResponse = new KeptResponse(response.Header, [], datagrams);
        Send(datagrams, SummaryOf(response.Header, payloads), Path!, repeated: false);
        Bury(Trigger.Refused, EndReason.StoreUnavailable);
    }
}
