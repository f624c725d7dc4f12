using Concentrator.Kernel.Native;

namespace Concentrator.Kernel.Netlink;

/// <summary>XFRM_MSG_NEWPOLICY, XFRM_MSG_UPDPOLICY (xfrm_userpolicy_info with one template), XFRM_MSG_DELPOLICY and XFRM_MSG_GETPOLICY.</summary>
internal static class PolicyWriter
{
    public static void Write(PolicySpec policy, ushort type, Seal seal, uint seq, MessageBuilder builder)
    {
        builder.Begin(type, Constants.NLM_F_REQUEST | Constants.NLM_F_ACK, seq);
        builder.Put(new xfrm_userpolicy_info
        {
            sel = Addresses.ToNative(policy.Selector),
            lft = SaWriter.LifetimeOf(new SaLifetime(SoftBytes: seal.OfPolicies)),
            priority = policy.Priority,
            dir = (byte)policy.Direction,
        });
        builder.PutAttribute(Constants.XFRMA_TMPL, TemplateOf(policy));
        builder.End();
    }

    private static xfrm_user_tmpl TemplateOf(PolicySpec policy) => new()
    {
        // In transport mode the packet's own addresses are those of the SA.
        id = new xfrm_id
        {
            daddr = policy.Mode == XfrmMode.Tunnel ? Addresses.ToNative(policy.TunnelDestination) : default,
            spi = Addresses.Swap(policy.Spi),
            proto = Constants.IPPROTO_ESP,
        },
        saddr = policy.Mode == XfrmMode.Tunnel ? Addresses.ToNative(policy.TunnelSource) : default,
        family = Addresses.FamilyOf(policy.TunnelDestination),
        reqid = policy.ReqId,
        mode = (byte)policy.Mode,
        aalgos = uint.MaxValue,
        ealgos = uint.MaxValue,
        calgos = uint.MaxValue,
    };

    /// <summary>A request that only names a policy.</summary>
    public static void WriteKey(PolicyKey key, ushort type, uint seq, MessageBuilder builder)
    {
        builder.Begin(type, Constants.NLM_F_REQUEST | Constants.NLM_F_ACK, seq);
        builder.Put(new xfrm_userpolicy_id { sel = Addresses.ToNative(key.Selector), dir = (byte)key.Direction });
        builder.End();
    }
}
