namespace Concentrator.Kernel.Userspace;

internal sealed partial class EspEngine
{
    private const int LargestWindow = 4096;

    private XfrmReply Allocate(AllocateSpi request)
    {
        for (ulong tries = (ulong)request.Highest - request.Lowest + 1; tries > 0; tries--)
        {
            uint spi = _nextSpi < request.Lowest || _nextSpi > request.Highest ? request.Lowest : _nextSpi;
            _nextSpi = spi + 1;
            LarvalSa larval = new(new SaId(request.Destination, spi), request.Source, request.ReqId, _time);
            if (!_sas.TryAdd(larval.Key, larval)) continue;
            DueAfter(larval, LarvalSeconds, hard: true);
            return new XfrmReply(Errno.Ok, Spi: spi);
        }

        return new XfrmReply(Errno.ENOENT, "No SPI available in the requested range");
    }

    private XfrmReply Add(SaSpec spec, bool isProbe)
    {
        if (Check(spec, isProbe) is { Succeeded: false } refusal) return refusal;
        if (_sas.ContainsKey(SaKey.Of(spec.Id))) return new XfrmReply(Errno.EEXIST);
        return Create(spec);
    }

    private XfrmReply Update(SaSpec spec)
    {
        if (!_sas.TryGetValue(SaKey.Of(spec.Id), out UserspaceSa? known)) return new XfrmReply(Errno.ESRCH);
        if (Check(spec, isProbe: false) is { Succeeded: false } refusal) return refusal;
        if (known is not LarvalSa)
        {
            if (known.Change(spec)) DueAfterLimits(known);
            return default;
        }

        return Create(spec);
    }

    /// <summary>Adds, or takes the place of a larval SA; a refusal leaves that where it was, as the kernel does.</summary>
    private XfrmReply Create(SaSpec spec)
    {
        bool isOut = spec.Direction == XfrmDirection.Out;
        if (EspTransforms.Create(spec.Algorithms, spec.ExtendedSequenceNumbers, isOut, out XfrmReply refusal) is not { } transform) return refusal;
        UserspaceSa sa = isOut ? new OutboundSa(spec, transform, _time) : new InboundSa(spec, transform, _time);
        _sas[sa.Key] = sa;
        if (sa is OutboundSa outbound)
        {
            _outboundByReqId.AddOrUpdate(sa.ReqId, [outbound], (_, others) => [.. others, outbound]);
            _held.Retry();
        }

        DueAfterLimits(sa);
        return default;
    }

    private XfrmReply Read(SaId id)
    {
        if (!_sas.TryGetValue(SaKey.Of(id), out UserspaceSa? sa)) return new XfrmReply(Errno.ESRCH);
        return sa.Read() is { } spec ? new XfrmReply(Errno.Ok, Spi: id.Spi, Sa: sa.Info, Spec: spec) : new XfrmReply(Errno.EACCES);
    }

    private XfrmReply Delete(SaId id) => Take(SaKey.Of(id)) ? default : new XfrmReply(Errno.ESRCH);

    private bool Take(SaKey key)
    {
        if (!_sas.TryRemove(key, out UserspaceSa? sa)) return false;
        if (sa is OutboundSa outbound)
        {
            OutboundSa[] others = [.. _outboundByReqId[sa.ReqId].Where(other => other != outbound)];
            if (others.Length > 0) _outboundByReqId[sa.ReqId] = others;
            else _outboundByReqId.TryRemove(sa.ReqId, out _);
        }

        sa.End();
        return true;
    }

    /// <summary>What the kernel answers to as well, and what only it can do.</summary>
    private static XfrmReply Check(SaSpec spec, bool isProbe)
    {
        if (spec.Source.AddressFamily != spec.Destination.AddressFamily) return new XfrmReply(Errno.EINVAL, "addresses of two families");
        if (spec.ReplayWindow is < 0 or > LargestWindow) return new XfrmReply(Errno.EINVAL, "Replay window too large");
        if (spec.Mode != XfrmMode.Tunnel) return new XfrmReply(Errno.EPROTONOSUPPORT, "ESP in user space has tunnel mode alone");
        return spec.Encapsulation is null && !isProbe ? new XfrmReply(Errno.EPROTONOSUPPORT, "ESP in user space travels in UDP alone") : default;
    }
}
