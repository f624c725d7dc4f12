using System.Runtime.InteropServices;
using System.Text;
using Concentrator.Kernel.Native;

namespace Concentrator.Kernel.Netlink;

/// <summary>A whole SA out of a GETSA answer: what <see cref="SaWriter"/> needs to write it again.</summary>
internal static class SaReader
{
    public const string KeptBack = "the kernel does not tell keys (lockdown)";

    private const int NameSize = 64;

    /// <summary>Null where octets are missing, and where the kernel tells zeroes for a key: an SA with those must never come to be.</summary>
    public static unsafe SaSpec? Read(ReadOnlySpan<byte> payload, XfrmDirection direction)
    {
        if (!Addresses.TryRead(payload, out xfrm_usersa_info info)) return null;
        ReadOnlySpan<byte> attributes = payload[sizeof(xfrm_usersa_info)..];
        var algorithms = new EspAlgorithms(
            ReadAlgorithm(attributes, Constants.XFRMA_ALG_AEAD, withIcv: true),
            ReadAlgorithm(attributes, Constants.XFRMA_ALG_CRYPT, withIcv: false),
            ReadAlgorithm(attributes, Constants.XFRMA_ALG_AUTH_TRUNC, withIcv: true));
        if (!IsWhole(algorithms)) return null;
        SaProgress progress = ReadProgress(info, payload, out int window);
        return new SaSpec
        {
            Source = Addresses.FromNative(info.saddr, info.family),
            Destination = Addresses.FromNative(info.id.daddr, info.family),
            Spi = Addresses.Swap(info.id.spi),
            Mode = (XfrmMode)info.mode,
            Direction = direction,
            ReqId = info.reqid,
            Algorithms = algorithms,
            Encapsulation = Addresses.TryRead(MessageReader.FindAttribute(attributes, Constants.XFRMA_ENCAP), out xfrm_encap_tmpl encap)
                ? new UdpEncapsulation(Addresses.Swap(encap.encap_sport), Addresses.Swap(encap.encap_dport))
                : null,
            ReplayWindow = window,
            ExtendedSequenceNumbers = (info.flags & Constants.XFRM_STATE_ESN) != 0,
            Lifetime = ReadLifetime(info.lft),
            Progress = progress,
            Selector = info.mode == (byte)XfrmMode.Transport ? Addresses.FromNative(info.sel) : null,
        };
    }

    private static bool IsWhole(EspAlgorithms algorithms) => algorithms.Aead is { } aead
        ? aead.Key.AsSpan().ContainsAnyExcept((byte)0)
        : algorithms is { Cipher: { } cipher, Authenticator: { } authenticator }
            && cipher.Key.AsSpan().ContainsAnyExcept((byte)0) && authenticator.Key.AsSpan().ContainsAnyExcept((byte)0);

    private static KernelAlgorithm? ReadAlgorithm(ReadOnlySpan<byte> attributes, ushort type, bool withIcv)
    {
        ReadOnlySpan<byte> value = MessageReader.FindAttribute(attributes, type);
        int head = NameSize + (withIcv ? 8 : 4);
        if (value.Length < head) return null;
        int octets = (int)(MemoryMarshal.Read<uint>(value[NameSize..]) / 8);
        if (octets > value.Length - head) return null;
        string name = Encoding.ASCII.GetString(value[..NameSize]).TrimEnd('\0');
        return new KernelAlgorithm(name, value.Slice(head, octets).ToArray(), withIcv ? (int)MemoryMarshal.Read<uint>(value[(NameSize + 4)..]) : 0);
    }

    /// <summary>How far it has come, without the rest; zeroes where that is not told.</summary>
    public static unsafe void ReadCounters(ReadOnlySpan<byte> payload, out ulong sent, out ulong received)
    {
        ReadOnlySpan<byte> attributes = payload[sizeof(xfrm_usersa_info)..];
        sent = received = 0;
        if (Addresses.TryRead(MessageReader.FindAttribute(attributes, Constants.XFRMA_REPLAY_ESN_VAL), out xfrm_replay_state_esn esn))
            (sent, received) = ((ulong)esn.oseq_hi << 32 | esn.oseq, (ulong)esn.seq_hi << 32 | esn.seq);
        else if (Addresses.TryRead(MessageReader.FindAttribute(attributes, Constants.XFRMA_REPLAY_VAL), out xfrm_replay_state replay))
            (sent, received) = (replay.oseq, replay.seq);
    }

    private static unsafe SaProgress ReadProgress(in xfrm_usersa_info info, ReadOnlySpan<byte> payload, out int window)
    {
        ReadCounters(payload, out ulong sent, out ulong received);
        ReadOnlySpan<byte> attributes = payload[sizeof(xfrm_usersa_info)..];
        uint[] bitmap = [];
        window = info.replay_window;
        ReadOnlySpan<byte> value = MessageReader.FindAttribute(attributes, Constants.XFRMA_REPLAY_ESN_VAL);
        if (Addresses.TryRead(value, out xfrm_replay_state_esn esn))
        {
            window = (int)esn.replay_window;
            bitmap = MemoryMarshal.Cast<byte, uint>(value[sizeof(xfrm_replay_state_esn)..]).ToArray();
        }
        else if (Addresses.TryRead(MessageReader.FindAttribute(attributes, Constants.XFRMA_REPLAY_VAL), out xfrm_replay_state replay))
        {
            bitmap = [replay.bitmap];
        }

        return new SaProgress(sent, received, bitmap, info.curlft.bytes, info.curlft.packets, info.curlft.add_time, info.curlft.use_time);
    }

    private static SaLifetime ReadLifetime(in xfrm_lifetime_cfg limits) => new(
        Limit(limits.soft_byte_limit), Limit(limits.hard_byte_limit), Limit(limits.soft_packet_limit), Limit(limits.hard_packet_limit),
        limits.soft_add_expires_seconds, limits.hard_add_expires_seconds);

    private static ulong Limit(ulong limit) => limit == Constants.XFRM_INF ? 0 : limit;
}
