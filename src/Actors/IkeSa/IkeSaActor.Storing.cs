using System.Security.Cryptography;
using Akka.Actor;
using Concentrator.Actors.Store;
using Concentrator.Actors.Store.Bodies;
using Concentrator.Ike.Session;
using Concentrator.Ike.Session.State;

namespace Concentrator.Actors.IkeSa;

/// <summary>
/// The session in the store. What follows a <see cref="Persist"/> waits until the state is committed; one write is under way at a time, and it covers all that have come
/// to wait before it began. A store that cannot be had stops no session that is known to its peer.
/// </summary>
internal sealed partial class IkeSaActor
{
    /// <summary>Effects that wait for a commit; null when none does.</summary>
    private Queue<SessionEffect>? _waiting;

    /// <summary>How many of the <see cref="Persist"/>s among those the write that is under way covers.</summary>
    private int _covered;

    private long _revision;
    private ushort _incarnation;
    private bool _isWriting;

    /// <summary>The store has, or may have, a row of this session.</summary>
    private bool _hasRow;

    /// <summary>That is known: the next write need not insert.</summary>
    private bool _rowIsCommitted;

    /// <summary>Inbound SPIs of the children in the committed row, and in the one that is being written.</summary>
    private uint[] _storedChildren = [], _writtenChildren = [];

    private bool _isAnnounced;

    /// <summary>The shard leaves this node: the row is for whoever has it next.</summary>
    private bool _isHandedOver;

    /// <summary>What is being written is what the next one goes on from.</summary>
    private bool _isLastWrite;

    /// <summary>It came from the store.</summary>
    private bool _isResumed;

    private void Resume(RestoredSession restored)
    {
        (_revision, _incarnation) = (restored.Revision, restored.Incarnation);
        _isResumed = _isAnnounced = _hasRow = _rowIsCommitted = true;
        _storedChildren = [.. restored.IkeSa.ChildrenComingBack.Select(plan => plan.Restored!.InboundSpi)];
        _entry!.ShowStored(_revision);
        foreach ((string config, uint reqId) in restored.ReqIds) _reqIds[config] = reqId;
    }

    private void PerformInOrder(IReadOnlyList<SessionEffect> effects)
    {
        for (int i = 0; i < effects.Count && !IsOver; i++)
        {
            if (_isWriting) (_waiting ??= new Queue<SessionEffect>()).Enqueue(effects[i]);
            else if (effects[i] is Persist) Write();
            else Perform(effects[i]);
        }
    }

    private void PerformWaiting()
    {
        while (!IsOver && !_isWriting && _waiting is not null && _waiting.TryDequeue(out SessionEffect? effect))
        {
            if (effect is not Persist) Perform(effect);
            else if (_covered > 0) _covered--;
            else Write();
        }

        if (_waiting is { Count: 0 }) _waiting = null;
    }

    private void Write()
    {
        if (_node.Store is not { } store) return;
        using SessionState? state = _ikeSa.Export(_node.Now);
        if (state is null)
        {
            LeaveNothing();
            return;
        }

        byte[] body = SessionBody.Write(state, _node.Time.GetUtcNow(), _incarnation);
        SealedBody sealedBody = store.Vault.Seal(_session, ++_revision, SessionBody.Version, body);
        CryptographicOperations.ZeroMemory(body);
        _isWriting = _hasRow = true;
        _entry!.ShowWriting(_revision);
        _covered = _waiting?.Count(effect => effect is Persist) ?? 0;
        _writtenChildren = [.. state.Children.Select(child => child.InboundSpi)];
        SessionRow row = new(_session, _revision, !_rowIsCommitted, _incarnation, sealedBody) { Gone = [.. _storedChildren.Except(_writtenChildren)] };
        _node.Actors.Store.Tell(new SaveSession(row), Self);
    }

    /// <summary>What was to be handed over is over. Its peer gets the answer that it waits for; nothing that is repeated later keeps the shard here.</summary>
    private void LeaveNothing()
    {
        bool wasLast = _isLastWrite;
        if (wasLast) _isHandedOver = _isLastWrite = false;
        Forget();
        if (!wasLast) return;
        PerformWaiting();
        if (!IsOver) Happen(new Close(EndReason.DeletedByUs));
    }

    private void TakeOutcome(SaveOutcome outcome)
    {
        if (!_isWriting || outcome.Revision != _revision) return;
        _isWriting = false;
        switch (outcome)
        {
            case SessionSaved:
                _rowIsCommitted = true;
                _storedChildren = _writtenChildren;
                _entry!.ShowStored(_revision);
                break;
            case SessionFenced:
                _waiting = null;
                _hasRow = false;
                Happen(new Fenced());
                return;
            // It goes on, and is asked for its state when the store is back.
            case SessionNotSaved when _isAnnounced:
                break;
            case SessionNotSaved:
                _waiting = null;
                Happen(new StoreLost());
                return;
        }

        if (_isLastWrite) End(EndReason.TakenOver);
        else if (_isHandedOver) WriteLast();
        else PerformWaiting();
        Show();
    }

    /// <summary>What the store has is behind, or nothing.</summary>
    private void Rewrite(RewriteSession rewrite)
    {
        if (rewrite.IsForgotten) _rowIsCommitted = false;
        if (_isAnnounced) PerformInOrder([Persist.Now]);
    }

    /// <summary>The shard goes to another node, and the session with it: its peer hears nothing of it. False: there is nothing that could go on elsewhere.</summary>
    private bool TryHandOver()
    {
        if (_node.Store is not { Board.IsAvailable: true } || !_isAnnounced || _ikeSa.State != IkeSaState.Established) return false;
        _isHandedOver = true;
        // A write that is under way may lack what has come since.
        if (!_isWriting) WriteLast();
        return true;
    }

    private void WriteLast()
    {
        _isLastWrite = true;
        Write();
    }

    private void Forget()
    {
        if (!_hasRow || _isHandedOver || _node.KeepsRows) return;
        _hasRow = _rowIsCommitted = false;
        _node.Actors.Store.Tell(new ForgetSession(_session));
    }
}
