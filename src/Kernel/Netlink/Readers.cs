using System.Runtime.InteropServices;
using Concentrator.Kernel.Native;

namespace Concentrator.Kernel.Netlink;

/// <summary>What the kernel tells, as our records. Null where there are too few octets.</summary>
internal static class Readers
{
    private const int PolicyInfoSize = 168;

    /// <summary>Of what a DateTimeOffset can hold.</summary>
    private const ulong LastSecond = 253_402_300_799;

    public static SaInfo? ReadSa(ReadOnlySpan<byte> payload, Seal seal)
    {
        // AH and IPComp have SPIs of their own.
        if (!Addresses.TryRead(payload, out xfrm_usersa_info info) || info.id.proto != Constants.IPPROTO_ESP) return null;
        bool isLarval = HasNoAlgorithm(payload);
        SaReader.ReadCounters(payload, out ulong sent, out ulong received);
        return new SaInfo(
            IdOf(info),
            Addresses.FromNative(info.saddr, info.family),
            (XfrmMode)info.mode,
            info.reqid,
            info.curlft.bytes,
            info.curlft.packets,
            isLarval)
        {
            IsOurs = isLarval ? info.reqid == seal.OfLarvalSas : info.seq == seal.OfSa(Addresses.Swap(info.id.spi)),
            LastUsed = LastUsed(payload),
            Sent = sent,
            Received = received,
        };
    }

    private static unsafe DateTimeOffset? LastUsed(ReadOnlySpan<byte> payload) =>
        MemoryMarshal.TryRead(MessageReader.FindAttribute(payload[sizeof(xfrm_usersa_info)..], Constants.XFRMA_LASTUSED), out ulong seconds) && seconds <= LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;

    private static SaId IdOf(in xfrm_usersa_info info) => new(Addresses.FromNative(info.id.daddr, info.family), Addresses.Swap(info.id.spi));

    /// <summary>The state is not in the message; an SA that has no algorithm yet is a larval one.</summary>
    private static unsafe bool HasNoAlgorithm(ReadOnlySpan<byte> payload)
    {
        ReadOnlySpan<byte> attributes = payload[sizeof(xfrm_usersa_info)..];
        return MessageReader.FindAttribute(attributes, Constants.XFRMA_ALG_AEAD).IsEmpty
            && MessageReader.FindAttribute(attributes, Constants.XFRMA_ALG_CRYPT).IsEmpty
            && MessageReader.FindAttribute(attributes, Constants.XFRMA_ALG_AUTH).IsEmpty;
    }

    public static PolicyInfo? ReadPolicy(ReadOnlySpan<byte> payload, Seal seal)
    {
        // Policies of a socket (dir 3 and up) are the bypass of somebody's IKE port, not of the table.
        if (!Addresses.TryRead(payload, out xfrm_userpolicy_info info) || info.dir > (byte)XfrmDirection.Forward) return null;
        ReadOnlySpan<byte> template = MessageReader.FindAttribute(payload[PolicyInfoSize..], Constants.XFRMA_TMPL);
        _ = Addresses.TryRead(template, out xfrm_user_tmpl first);
        return new PolicyInfo(new PolicyKey(Addresses.FromNative(info.sel), (XfrmDirection)info.dir), info.priority, first.reqid, Addresses.Swap(first.id.spi))
        {
            IsOurs = info.lft.soft_byte_limit == seal.OfPolicies,
            Mode = (XfrmMode)first.mode,
            Tunnel = (XfrmMode)first.mode == XfrmMode.Tunnel
                ? (Addresses.FromNative(first.saddr, first.family), Addresses.FromNative(first.id.daddr, first.family))
                : null,
        };
    }

    public static XfrmEvent? ReadEvent(ushort type, ReadOnlySpan<byte> payload) => type switch
    {
        Constants.XFRM_MSG_ACQUIRE when Addresses.TryRead(payload, out xfrm_user_acquire acquire) => new Acquire(
            acquire.policy.index,
            ReqIdOf(payload),
            Addresses.FromNative(acquire.sel)),
        Constants.XFRM_MSG_EXPIRE when Addresses.TryRead(payload, out xfrm_user_expire expire) =>
            new Expire(IdOf(expire.state), expire.state.reqid, expire.hard != 0),
        Constants.XFRM_MSG_MAPPING when Addresses.TryRead(payload, out xfrm_user_mapping mapping) => new Mapping(
            new SaId(Addresses.FromNative(mapping.id.daddr, mapping.id.family), Addresses.Swap(mapping.id.spi)),
            mapping.reqid,
            Addresses.FromNative(mapping.new_saddr, mapping.id.family),
            Addresses.Swap(mapping.new_sport)),
        _ => null,
    };

    private static unsafe uint ReqIdOf(ReadOnlySpan<byte> acquire)
    {
        ReadOnlySpan<byte> template = MessageReader.FindAttribute(acquire[sizeof(xfrm_user_acquire)..], Constants.XFRMA_TMPL);
        return Addresses.TryRead(template, out xfrm_user_tmpl first) ? first.reqid : 0;
    }
}
