using System.Runtime.InteropServices;

namespace Concentrator.Kernel.Native;

// The structures of linux/xfrm.h and linux/netlink.h under their C names. Natural alignment gives the C layout on all 64-bit Linux ABIs;
// a test compiles C against the real headers and compares sizes and offsets. Fields marked be are in network byte order.
#pragma warning disable IDE1006, CS8981 // C names

[StructLayout(LayoutKind.Sequential)]
internal struct nlmsghdr
{
    public uint nlmsg_len;
    public ushort nlmsg_type;
    public ushort nlmsg_flags;
    public uint nlmsg_seq;
    public uint nlmsg_pid;
}

[StructLayout(LayoutKind.Sequential)]
internal struct sockaddr_nl
{
    public ushort nl_family;
    public ushort nl_pad;
    public uint nl_pid;
    public uint nl_groups;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct xfrm_address_t
{
    public fixed uint a6[4]; // be
}

[StructLayout(LayoutKind.Sequential)]
internal struct xfrm_id
{
    public xfrm_address_t daddr;
    public uint spi; // be
    public byte proto;
}

[StructLayout(LayoutKind.Sequential)]
internal struct xfrm_selector
{
    public xfrm_address_t daddr;
    public xfrm_address_t saddr;
    public ushort dport; // be
    public ushort dport_mask; // be
    public ushort sport; // be
    public ushort sport_mask; // be
    public ushort family;
    public byte prefixlen_d;
    public byte prefixlen_s;
    public byte proto;
    public int ifindex;
    public uint user;
}

[StructLayout(LayoutKind.Sequential)]
internal struct xfrm_lifetime_cfg
{
    public ulong soft_byte_limit;
    public ulong hard_byte_limit;
    public ulong soft_packet_limit;
    public ulong hard_packet_limit;
    public ulong soft_add_expires_seconds;
    public ulong hard_add_expires_seconds;
    public ulong soft_use_expires_seconds;
    public ulong hard_use_expires_seconds;
}

[StructLayout(LayoutKind.Sequential)]
internal struct xfrm_lifetime_cur
{
    public ulong bytes;
    public ulong packets;
    public ulong add_time;
    public ulong use_time;
}

[StructLayout(LayoutKind.Sequential)]
internal struct xfrm_stats
{
    public uint replay_window;
    public uint replay;
    public uint integrity_failed;
}

[StructLayout(LayoutKind.Sequential)]
internal struct xfrm_usersa_info
{
    public xfrm_selector sel;
    public xfrm_id id;
    public xfrm_address_t saddr;
    public xfrm_lifetime_cfg lft;
    public xfrm_lifetime_cur curlft;
    public xfrm_stats stats;
    public uint seq;
    public uint reqid;
    public ushort family;
    public byte mode;
    public byte replay_window;
    public byte flags;
}

[StructLayout(LayoutKind.Sequential)]
internal struct xfrm_usersa_id
{
    public xfrm_address_t daddr;
    public uint spi; // be
    public ushort family;
    public byte proto;
}

[StructLayout(LayoutKind.Sequential)]
internal struct xfrm_userspi_info
{
    public xfrm_usersa_info info;
    public uint min;
    public uint max;
}

[StructLayout(LayoutKind.Sequential)]
internal struct xfrm_userpolicy_info
{
    public xfrm_selector sel;
    public xfrm_lifetime_cfg lft;
    public xfrm_lifetime_cur curlft;
    public uint priority;
    public uint index;
    public byte dir;
    public byte action;
    public byte flags;
    public byte share;
}

[StructLayout(LayoutKind.Sequential)]
internal struct xfrm_userpolicy_id
{
    public xfrm_selector sel;
    public uint index;
    public byte dir;
}

[StructLayout(LayoutKind.Sequential)]
internal struct xfrm_user_tmpl
{
    public xfrm_id id;
    public ushort family;
    public xfrm_address_t saddr;
    public uint reqid;
    public byte mode;
    public byte share;
    public byte optional;
    public uint aalgos;
    public uint ealgos;
    public uint calgos;
}

[StructLayout(LayoutKind.Sequential)]
internal struct xfrm_encap_tmpl
{
    public ushort encap_type;
    public ushort encap_sport; // be
    public ushort encap_dport; // be
    public xfrm_address_t encap_oa;
}

[StructLayout(LayoutKind.Sequential)]
internal struct xfrm_replay_state
{
    public uint oseq;
    public uint seq;
    public uint bitmap;
}

[StructLayout(LayoutKind.Sequential)]
internal struct xfrm_replay_state_esn
{
    public uint bmp_len;
    public uint oseq;
    public uint seq;
    public uint oseq_hi;
    public uint seq_hi;
    public uint replay_window;
}

[StructLayout(LayoutKind.Sequential)]
internal struct xfrm_user_expire
{
    public xfrm_usersa_info state;
    public byte hard;
}

[StructLayout(LayoutKind.Sequential)]
internal struct xfrm_user_acquire
{
    public xfrm_id id;
    public xfrm_address_t saddr;
    public xfrm_selector sel;
    public xfrm_userpolicy_info policy;
    public uint aalgos;
    public uint ealgos;
    public uint calgos;
    public uint seq;
}

[StructLayout(LayoutKind.Sequential)]
internal struct xfrm_user_mapping
{
    public xfrm_usersa_id id;
    public uint reqid;
    public xfrm_address_t old_saddr;
    public xfrm_address_t new_saddr;
    public ushort old_sport; // be
    public ushort new_sport; // be
}
