using Concentrator.Kernel.Native;

namespace Concentrator.Kernel.Netlink;

/// <summary>One <see cref="XfrmRequest"/> as a netlink message.</summary>
internal static class RequestWriter
{
    private const ushort Acknowledged = Constants.NLM_F_REQUEST | Constants.NLM_F_ACK;

    /// <param name="request">What is asked.</param>
    /// <param name="seal">Goes into what is added.</param>
    /// <param name="seq">Sequence number of the message.</param>
    /// <param name="builder">Takes the message.</param>
    public static void Write(XfrmRequest request, Seal seal, uint seq, MessageBuilder builder)
    {
        switch (request)
        {
            case AddSa add:
                SaWriter.Write(add.Sa, Constants.XFRM_MSG_NEWSA, seal, seq, builder);
                break;
            case UpdateSa update:
                SaWriter.Write(update.Sa, Constants.XFRM_MSG_UPDSA, seal, seq, builder);
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
                PolicyWriter.Write(add.Policy, Constants.XFRM_MSG_NEWPOLICY, seal, seq, builder);
                break;
            case UpdatePolicy update:
                PolicyWriter.Write(update.Policy, Constants.XFRM_MSG_UPDPOLICY, seal, seq, builder);
                break;
            case DeletePolicy delete:
                PolicyWriter.WriteKey(delete.Key, Constants.XFRM_MSG_DELPOLICY, seq, builder);
                break;
            case GetPolicy get:
                PolicyWriter.WriteKey(get.Key, Constants.XFRM_MSG_GETPOLICY, seq, builder);
                break;
            case AllocateSpi allocate:
                WriteAllocate(allocate, seal, seq, builder);
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

    private static void WriteAllocate(AllocateSpi request, Seal seal, uint seq, MessageBuilder builder)
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
                reqid = seal.OfLarvalSas,
            },
            min = request.Lowest,
            max = request.Highest,
        });
        builder.End();
    }
}
