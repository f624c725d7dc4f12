
namespace Concentrator.Kernel;

/// <summary>Undoing, and what happens when even that is refused: the entry is quarantined, its SPI not reused, and tried again later.</summary>
public sealed partial class XfrmTables
{
    private const int UndoTries = 3;

    private readonly HashSet<XfrmRequest> _quarantine = [];

    /// <summary>What could not be removed; for the log.</summary>
    public IReadOnlyCollection<XfrmRequest> Quarantined => _quarantine;

    private bool IsQuarantined(SaId id) => _quarantine.Contains(new DeleteSa(id));

    private void Undo(XfrmRequest request)
    {
        if (!TryUndo(request)) _quarantine.Add(request);
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
            if (reply.Error is not (Errno.ETIMEDOUT or Errno.EBUSY or Errno.EAGAIN or Errno.EINTR)) return false;
        }

        return false;
    }

    /// <summary>Tries once more to remove what resisted; returns what is still there.</summary>
    public IReadOnlyCollection<XfrmRequest> RetryQuarantine()
    {
        foreach (XfrmRequest request in _quarantine.ToList())
        {
            if (!TryUndo(request)) continue;
            _quarantine.Remove(request);
            if (request is DeleteSa delete) _spis.Vacate(delete.Id.Spi);
        }

        return _quarantine;
    }
}
