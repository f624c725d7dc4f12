namespace Concentrator.Kernel;

/// <summary>Whole SAs, as a kernel has them: keys of its own, and how far each has come.</summary>
public sealed partial class MemoryXfrmBackend
{
    private readonly Dictionary<SaId, SaSpec> _specs = [];

    /// <summary>As if packets had passed through an SA.</summary>
    public void Advance(SaId id, SaProgress progress)
    {
        lock (_lock) _specs[id] = _specs[id] with { Progress = progress };
    }

    /// <summary>The keys of a spec are zeroed once it is executed: a kernel has its own.</summary>
    private void Keep(SaSpec sa) => _specs[sa.Id] = sa with { Algorithms = sa.Algorithms.Copy(), Progress = sa.Progress ?? new SaProgress(0, 0, [], 0, 0, 0, 0) };

    /// <summary>Of a living SA UPDSA changes the lifetimes, and the ports where it is and stays encapsulated; anything else is refused.</summary>
    private XfrmReply Change(SaSpec sa)
    {
        SaSpec there = _specs[sa.Id];
        if (there.Encapsulation is null != sa.Encapsulation is null) return new XfrmReply(Errno.EINVAL);
        _specs[sa.Id] = there with { Encapsulation = sa.Encapsulation, Lifetime = sa.Lifetime };
        return default;
    }

    private bool Remove(SaId id)
    {
        if (_specs.Remove(id, out SaSpec? spec)) spec.Algorithms.ZeroKeys();
        return _sas.Remove(id);
    }

    private XfrmReply Read(ReadSa read)
    {
        if (!_sas.TryGetValue(read.Id, out Sealed<SaInfo>? info)) return new XfrmReply(Errno.ESRCH);
        if (!_specs.TryGetValue(read.Id, out SaSpec? spec)) return new XfrmReply(Errno.EACCES);
        return new XfrmReply(Errno.Ok, Spi: read.Id.Spi, Sa: Judge(info), Spec: spec with { Direction = read.Direction, Algorithms = spec.Algorithms.Copy() });
    }
}
