namespace Concentrator.Kernel;

/// <summary>
/// Undoing, and what happens when even that is refused: what resists is quarantined by its name, its SPI is not used again, and it is tried
/// later. What is to be done then follows from the tables as they are then.
/// </summary>
public sealed partial class XfrmTables
{
    private const int UndoTries = 3;

    private readonly HashSet<SaId> _resistingSas = [];
    private readonly HashSet<PolicyKey> _resistingPolicies = [];

    /// <summary>Of those that are installed: found missing, or another's by now, so that there is nothing to delete.</summary>
    private readonly HashSet<SaId> _lostSas = [];

    public bool HasQuarantined => _resistingSas.Count + _resistingPolicies.Count > 0;

    /// <summary>What is to be asked of the kernel once more; for the log.</summary>
    public IReadOnlyCollection<XfrmRequest> Quarantined =>
        [.. _resistingSas.Select(id => new DeleteSa(id)), .. _resistingPolicies.Select(_policies.RequestToSettle)];

    private void DeleteSaEntry(SaId id)
    {
        if (_lostSas.Remove(id) || TryUndo(new DeleteSa(id))) return;
        _resistingSas.Add(id);
    }

    /// <summary>It is not known whether we added it: somebody else's with this name is left alone.</summary>
    private void DeleteIfOurs(SaId id)
    {
        if (!TryDeleteIfOurs(id)) _resistingSas.Add(id);
    }

    /// <summary>True when nothing of ours has this name any more.</summary>
    private bool TryDeleteIfOurs(SaId id)
    {
        XfrmReply told = ExecuteTwice(new GetSa(id));
        if (told.Error == Errno.ESRCH || told.Sa is { IsOurs: false }) return true;
        return told.Succeeded && TryUndo(new DeleteSa(id));
    }

    /// <summary>An SA with our seal that is in no book of ours goes; true when it has gone.</summary>
    private bool RemoveStale(SaId id) =>
        _installed.Find(id) is null && ExecuteTwice(new GetSa(id)).Sa is { IsOurs: true } && TryUndo(new DeleteSa(id));

    /// <summary>A new SA has this name: what was told of an older one is not about it.</summary>
    private void NoteAdded(SaId id)
    {
        _resistingSas.Remove(id);
        _lostSas.Remove(id);
    }

    private bool IsOurs(PolicyKey key) => ExecuteTwice(new GetPolicy(key)).Policy is { IsOurs: true };

    /// <summary>It is not known whose is there: somebody else's with this selector is left alone.</summary>
    private void SettleIfOurs(PolicyKey key)
    {
        XfrmReply told = ExecuteTwice(new GetPolicy(key));
        if (told.Policy is { IsOurs: false } || (told.Error == Errno.ENOENT && !_policies.Contains(key))) _resistingPolicies.Remove(key);
        else if (told.Succeeded || told.Error == Errno.ENOENT) SettlePolicy(key);
        else _resistingPolicies.Add(key);
    }

    /// <summary>Brings the kernel's policy to what the table says: the newest user's, or none.</summary>
    private void SettlePolicy(PolicyKey key)
    {
        if (TryUndo(_policies.RequestToSettle(key))) _resistingPolicies.Remove(key);
        else _resistingPolicies.Add(key);
    }

    /// <summary>True when the kernel confirms it. That there is nothing to remove is as good; a lost answer is looked into.</summary>
    private bool TryUndo(XfrmRequest request)
    {
        for (int i = 0; i < UndoTries; i++)
        {
            XfrmReply reply = backend.Execute(request);
            bool absent = request switch { DeleteSa => reply.Error == Errno.ESRCH, DeletePolicy => reply.Error == Errno.ENOENT, _ => false };
            if (reply.Succeeded || absent) return true;
            if (request is DeleteSa delete && backend.Execute(new GetSa(delete.Id)).Error == Errno.ESRCH) return true;
            if (Refusal.CauseOf(request.Step(), reply.Error) != RefusalCause.Transient) return false;
        }

        return false;
    }

    /// <summary>Tries once more to remove what resisted; returns what is still there.</summary>
    public IReadOnlyCollection<XfrmRequest> RetryQuarantine()
    {
        foreach (SaId id in _resistingSas.ToList())
        {
            if (!TryDeleteIfOurs(id)) continue;
            _resistingSas.Remove(id);
            _spis.Vacate(id.Spi);
        }

        foreach (PolicyKey key in _resistingPolicies.ToList()) SettleIfOurs(key);
        return Quarantined;
    }
}
