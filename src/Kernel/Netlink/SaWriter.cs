using System.Runtime.InteropServices;
using System.Text;
using Concentrator.Kernel.Native;

namespace Concentrator.Kernel.Netlink;

/// <summary>XFRM_MSG_NEWSA and XFRM_MSG_UPDSA: xfrm_usersa_info and the attributes of algorithms, encapsulation and replay window.</summary>
internal static class SaWriter
{
    private const int AlgorithmNameSize = 64;
    private const int LargestWindowInInfo = 32;

    public static void Write(SaSpec sa, ushort type, Seal seal, uint seq, MessageBuilder builder)
    {
        builder.Begin(type, Constants.NLM_F_REQUEST | Constants.NLM_F_ACK, seq);
        builder.Put(InfoOf(sa) with { seq = seal.OfSa(sa.Spi) });
        if (sa.Algorithms.Aead is { } aead) PutAlgorithm(Constants.XFRMA_ALG_AEAD, aead, builder, withIcv: true);
        if (sa.Algorithms.Cipher is { } cipher) PutAlgorithm(Constants.XFRMA_ALG_CRYPT, cipher, builder, withIcv: false);
        if (sa.Algorithms.Authenticator is { } authenticator) PutAlgorithm(Constants.XFRMA_ALG_AUTH_TRUNC, authenticator, builder, withIcv: true);
        if (sa.Encapsulation is { } encapsulation) builder.PutAttribute(Constants.XFRMA_ENCAP, EncapsulationOf(encapsulation));
        if (UsesReplayAttribute(sa)) PutReplayWindow(sa, builder);
        if (sa.Progress is { } progress) PutProgress(progress, withReplay: !UsesReplayAttribute(sa), builder);
        builder.End();
    }

    /// <summary>The window in xfrm_usersa_info goes to 32 and knows no ESN; beyond that the attribute takes over.</summary>
    private static bool UsesReplayAttribute(SaSpec sa) => sa.ExtendedSequenceNumbers || sa.ReplayWindow > LargestWindowInInfo;

    private static xfrm_usersa_info InfoOf(SaSpec sa)
    {
        xfrm_usersa_info info = new()
        {
            id = new xfrm_id { daddr = Addresses.ToNative(sa.Destination), spi = Addresses.Swap(sa.Spi), proto = Constants.IPPROTO_ESP },
            saddr = Addresses.ToNative(sa.Source),
            lft = LifetimeOf(sa.Lifetime),
            reqid = sa.ReqId,
            family = Addresses.FamilyOf(sa.Destination),
            mode = (byte)sa.Mode,
            replay_window = UsesReplayAttribute(sa) ? (byte)0 : (byte)sa.ReplayWindow,
            flags = (byte)((sa.ExtendedSequenceNumbers ? Constants.XFRM_STATE_ESN : 0) | (sa.Mode == XfrmMode.Tunnel ? Constants.XFRM_STATE_AF_UNSPEC : 0)),
        };
        if (sa.Selector is { } selector) info.sel = Addresses.ToNative(selector);
        else info.sel.family = sa.Mode == XfrmMode.Tunnel ? (ushort)0 : info.family;
        return info;
    }

    /// <summary>Octets and packets without limit are all ones; seconds without limit are zero.</summary>
    internal static xfrm_lifetime_cfg LifetimeOf(SaLifetime lifetime) => new()
    {
        soft_byte_limit = Limit(lifetime.SoftBytes),
        hard_byte_limit = Limit(lifetime.HardBytes),
        soft_packet_limit = Limit(lifetime.SoftPackets),
        hard_packet_limit = Limit(lifetime.HardPackets),
        soft_add_expires_seconds = lifetime.SoftSeconds,
        hard_add_expires_seconds = lifetime.HardSeconds,
    };

    private static ulong Limit(ulong limit) => limit == 0 ? Constants.XFRM_INF : limit;

    private static xfrm_encap_tmpl EncapsulationOf(UdpEncapsulation encapsulation) => new()
    {
        encap_type = Constants.UDP_ENCAP_ESPINUDP,
        encap_sport = Addresses.Swap(encapsulation.SourcePort),
        encap_dport = Addresses.Swap(encapsulation.DestinationPort),
    };

    // struct xfrm_algo       { char alg_name[64]; unsigned int alg_key_len;                               char alg_key[]; }
    // struct xfrm_algo_auth  { char alg_name[64]; unsigned int alg_key_len; unsigned int alg_trunc_len;   char alg_key[]; }
    // struct xfrm_algo_aead  { char alg_name[64]; unsigned int alg_key_len; unsigned int alg_icv_len;     char alg_key[]; }
    private static void PutAlgorithm(ushort type, KernelAlgorithm algorithm, MessageBuilder builder, bool withIcv)
    {
        int head = AlgorithmNameSize + (withIcv ? 8 : 4);
        builder.BeginAttribute(type, head + algorithm.Key.Length);
        Span<byte> body = builder.Reserve(head + algorithm.Key.Length);
        Encoding.ASCII.GetBytes(algorithm.Name, body);
        MemoryMarshal.Write(body[AlgorithmNameSize..], (uint)(algorithm.Key.Length * 8));
        if (withIcv) MemoryMarshal.Write(body[(AlgorithmNameSize + 4)..], (uint)algorithm.IcvBits);
        algorithm.Key.CopyTo(body[head..]);
    }

    private static void PutReplayWindow(SaSpec sa, MessageBuilder builder)
    {
        int words = Math.Max(1, (sa.ReplayWindow + 31) / 32);
        var state = new xfrm_replay_state_esn
        {
            bmp_len = (uint)words,
            oseq = (uint)(sa.Progress?.Sent ?? 0),
            oseq_hi = (uint)((sa.Progress?.Sent ?? 0) >> 32),
            seq = (uint)(sa.Progress?.Received ?? 0),
            seq_hi = (uint)((sa.Progress?.Received ?? 0) >> 32),
            // An outbound SA has no window to keep, but older kernels want one with ESN.
            replay_window = (uint)Math.Max(1, sa.ReplayWindow),
        };
        uint[] window = new uint[words];
        for (int i = 0; i < words && i < sa.Progress?.Window.Count; i++) window[i] = sa.Progress.Window[i];
        builder.PutAttribute(Constants.XFRMA_REPLAY_ESN_VAL, state, MemoryMarshal.AsBytes(window.AsSpan()));
    }

    private static void PutProgress(SaProgress progress, bool withReplay, MessageBuilder builder)
    {
        if (withReplay)
        {
            builder.PutAttribute(Constants.XFRMA_REPLAY_VAL, new xfrm_replay_state
            {
                oseq = (uint)progress.Sent,
                seq = (uint)progress.Received,
                bitmap = progress.Window.Count > 0 ? progress.Window[0] : 0,
            });
        }

        builder.PutAttribute(Constants.XFRMA_LTIME_VAL, new xfrm_lifetime_cur
        {
            bytes = progress.Bytes,
            packets = progress.Packets,
            add_time = progress.AddedAt,
            use_time = progress.UsedAt,
        });
    }
}
