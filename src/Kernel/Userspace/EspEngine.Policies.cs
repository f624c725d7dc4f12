namespace Concentrator.Kernel.Userspace;

internal sealed partial class EspEngine
{
    private XfrmReply Add(PolicySpec policy) =>
        _policies[(int)policy.Direction].Get(policy.Selector) is null ? Put(policy) : new XfrmReply(Errno.EEXIST);

    private XfrmReply Put(PolicySpec policy)
    {
        if (policy.Mode != XfrmMode.Tunnel) return new XfrmReply(Errno.EPROTONOSUPPORT, "ESP in user space has tunnel mode alone");
        if (policy.Selector.Source.BaseAddress.AddressFamily != policy.Selector.Destination.BaseAddress.AddressFamily)
            return new XfrmReply(Errno.EINVAL, "prefixes of two families");
        PolicyIndex index = _policies[(int)policy.Direction];
        // Its age stays with a policy that is changed.
        PolicyEntry entry = new(policy, index.Get(policy.Selector)?.Index ?? ++_lastPolicy);
        index.Put(entry);
        if (policy.Direction != XfrmDirection.Out) return default;
        _held.Forget(entry.Index);
        _held.Retry();
        return default;
    }

    /// <summary>The policy as it was asked for.</summary>
    public PolicySpec? Find(PolicyKey key) => _policies[(int)key.Direction].Get(key.Selector)?.Spec;

    private XfrmReply Get(PolicyKey key) =>
        _policies[(int)key.Direction].Get(key.Selector) is { } entry ? new XfrmReply(Errno.Ok, Policy: entry.Info) : new XfrmReply(Errno.ENOENT);

    private XfrmReply Delete(PolicyKey key)
    {
        if (_policies[(int)key.Direction].Remove(key.Selector) is not { } entry) return new XfrmReply(Errno.ENOENT);
        _held.Forget(entry.Index);
        return default;
    }
}
