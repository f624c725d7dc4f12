using Concentrator.Kernel.Native;

namespace Concentrator.Kernel.Netlink;

/// <summary>One <see cref="XfrmRequest"/> as a netlink message.</summary>
internal static class RequestWriter
{
    private const ushort Acknowledged = Constants.NLM_F_REQUEST | Constants.NLM_F_ACK;

    public static void Write(XfrmRequest request, uint seq, MessageBuilder builder)
    {
        switch (request)
        {
            case AddSa add:
                SaWriter.Write(add.Sa, Constants.XFRM_MSG_NEWSA, seq, builder);
                break;
            case UpdateSa update:
                SaWriter.Write(update.Sa, Constants.XFRM_MSG_UPDSA, seq, builder);
                break;
            case DeleteSa delete:
                WriteSaId(delete.Id, Constants.XFRM_MSG_DELSA, seq, builder);
                break;
            case GetSa get:
                WriteSaId(get.Id, Constants.XFRM_MSG_GETSA, seq, builder);
                break;
            case ReadSa read:
                WriteSaId(read.Id, Constants.XFRM_MSG_GETSA, seq, builder);
                break;
            case AddPolicy add:
                PolicyWriter.Write(add.Policy, Constants.XFRM_MSG_NEWPOLICY, seq, builder);
                break;
            case UpdatePolicy update:
                PolicyWriter.Write(update.Policy, Constants.XFRM_MSG_UPDPOLICY, seq, builder);
                break;
            case DeletePolicy delete:
                PolicyWriter.WriteDelete(delete.Key, seq, builder);
                break;
            case AllocateSpi allocate:
                WriteAllocate(allocate, seq, builder);
                break;
            default:
                throw new InvalidOperationException($"No netlink message for {request.GetType().Name}.");
        }
    }

    private static void WriteSaId(SaId id, ushort type, uint seq, MessageBuilder builder)
    {
        builder.Begin(type, Acknowledged, seq);
        builder.Put(new xfrm_usersa_id
        {
            daddr = Addresses.ToNative(id.Destination),
            spi = Addresses.Swap(id.Spi),
            family = Addresses.FamilyOf(id.Destination),
            proto = Constants.IPPROTO_ESP,
        });
        builder.End();
    }

    private static void WriteAllocate(AllocateSpi request, uint seq, MessageBuilder builder)
    {
        builder.Begin(Constants.XFRM_MSG_ALLOCSPI, Acknowledged, seq);
        builder.Put(new xfrm_userspi_info
        {
            info = new xfrm_usersa_info
            {
                id = new xfrm_id { daddr = Addresses.ToNative(request.Destination), proto = Constants.IPPROTO_ESP },
                saddr = Addresses.ToNative(request.Source),
                family = Addresses.FamilyOf(request.Destination),
                mode = (byte)request.Mode,
                reqid = request.ReqId,
            },
            min = request.Lowest,
            max = request.Highest,
        });
        builder.End();
    }
}
