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

    /// <summary>What is to be asked of the kernel once more; for the log.</summary>
    public IReadOnlyCollection<XfrmRequest> Quarantined =>
        [.. _resistingSas.Select(id => new DeleteSa(id)), .. _resistingPolicies.Select(_policies.RequestToSettle)];

    private void DeleteSaEntry(SaId id)
    {
        if (!TryUndo(new DeleteSa(id))) _resistingSas.Add(id);
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
            if (!TryUndo(new DeleteSa(id))) continue;
            _resistingSas.Remove(id);
            _spis.Vacate(id.Spi);
        }

        foreach (PolicyKey key in _resistingPolicies.ToList()) SettlePolicy(key);
        return Quarantined;
    }
}
