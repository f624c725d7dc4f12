namespace Concentrator.Kernel.Native;

#pragma warning disable IDE1006 // C names

/// <summary>linux/netlink.h, linux/xfrm.h, linux/rtnetlink.h, linux/if_tun.h, linux/udp.h, linux/in.h: what Tmds.LibC does not have. A test compares these with the real headers.</summary>
internal static class Constants
{
    public const int SO_RCVBUFFORCE = 33;
    public const int AF_NETLINK = 16;
    public const int NETLINK_ROUTE = 0;
    public const int NETLINK_XFRM = 6;
    public const int SOL_NETLINK = 270;
    public const int NETLINK_CAP_ACK = 10;
    public const int NETLINK_EXT_ACK = 11;

    public const ushort NLM_F_REQUEST = 0x1;
    public const ushort NLM_F_ACK = 0x4;
    public const ushort NLM_F_DUMP = 0x300;
    public const ushort NLM_F_DUMP_INTR = 0x10;
    public const ushort NLM_F_CREATE = 0x400;
    public const ushort NLM_F_EXCL = 0x200;
    public const ushort NLM_F_REPLACE = 0x100;
    public const ushort NLM_F_CAPPED = 0x100;
    public const ushort NLM_F_ACK_TLVS = 0x200;

    public const ushort NLMSG_ERROR = 2;
    public const ushort NLMSG_DONE = 3;
    public const ushort NLMSGERR_ATTR_MSG = 1;

    public const ushort XFRM_MSG_NEWSA = 0x10;
    public const ushort XFRM_MSG_DELSA = 0x11;
    public const ushort XFRM_MSG_GETSA = 0x12;
    public const ushort XFRM_MSG_NEWPOLICY = 0x13;
    public const ushort XFRM_MSG_DELPOLICY = 0x14;
    public const ushort XFRM_MSG_GETPOLICY = 0x15;
    public const ushort XFRM_MSG_ALLOCSPI = 0x16;
    public const ushort XFRM_MSG_ACQUIRE = 0x17;
    public const ushort XFRM_MSG_EXPIRE = 0x18;
    public const ushort XFRM_MSG_UPDPOLICY = 0x19;
    public const ushort XFRM_MSG_UPDSA = 0x1a;
    public const ushort XFRM_MSG_GETSADINFO = 0x23;
    public const ushort XFRM_MSG_MAPPING = 0x26;

    public const ushort XFRMA_ALG_AUTH = 1;
    public const ushort XFRMA_ALG_CRYPT = 2;
    public const ushort XFRMA_ENCAP = 4;
    public const ushort XFRMA_TMPL = 5;
    public const ushort XFRMA_LTIME_VAL = 9;
    public const ushort XFRMA_REPLAY_VAL = 10;
    public const ushort XFRMA_LASTUSED = 15;
    public const ushort XFRMA_ALG_AEAD = 18;
    public const ushort XFRMA_ALG_AUTH_TRUNC = 20;
    public const ushort XFRMA_REPLAY_ESN_VAL = 23;

    public const uint RTNLGRP_LINK = 1;
    public const uint RTNLGRP_IPV4_IFADDR = 5;
    public const uint RTNLGRP_IPV4_ROUTE = 7;
    public const uint RTNLGRP_IPV6_IFADDR = 9;
    public const uint RTNLGRP_IPV6_ROUTE = 11;
    public const uint IFF_RUNNING = 0x40;
    public const uint IFA_F_NODAD = 0x02;
    public const byte IFA_F_DEPRECATED = 0x20;
    public const byte IFA_F_DADFAILED = 0x08;
    public const byte IFA_F_TENTATIVE = 0x40;

    public const uint XFRMNLGRP_ACQUIRE = 1;
    public const uint XFRMNLGRP_EXPIRE = 2;
    public const uint XFRMNLGRP_MAPPING = 8;

    public const byte XFRM_STATE_ESN = 128;
    public const byte XFRM_STATE_AF_UNSPEC = 32;
    public const byte XFRM_POLICY_IN = 0;
    public const byte XFRM_POLICY_OUT = 1;
    public const ulong XFRM_INF = ulong.MaxValue;

    public const ushort AF_INET = 2;
    public const ushort AF_INET6 = 10;
    public const byte IPPROTO_ESP = 50;
    public const ushort UDP_ENCAP_ESPINUDP = 2;
    public const int UDP_ENCAP = 100;
    public const int SOL_UDP = 17;

    public const int SOL_SOCKET = 1;
    public const int SO_MARK = 36;
    public const ushort RTM_GETLINK = 18;
    public const ushort RTM_NEWADDR = 20;
    public const ushort RTM_DELADDR = 21;
    public const ushort RTM_GETADDR = 22;
    public const ushort RTM_NEWROUTE = 24;
    public const ushort RTM_DELROUTE = 25;
    public const ushort RTM_GETROUTE = 26;
    public const ushort RTM_NEWRULE = 32;
    public const ushort RTM_DELRULE = 33;
    public const ushort RTA_DST = 1;
    public const ushort RTA_OIF = 4;
    public const ushort RTA_MARK = 16;
    public const ushort RTA_GATEWAY = 5;
    public const ushort RTA_PRIORITY = 6;
    public const ushort RTA_PREFSRC = 7;
    public const ushort RTA_TABLE = 15;
    public const byte RTN_UNICAST = 1;
    public const byte RTN_UNREACHABLE = 7;
    public const byte RT_SCOPE_UNIVERSE = 0;
    public const byte RT_SCOPE_LINK = 253;
    public const byte RT_SCOPE_NOWHERE = 255;
    public const byte RTPROT_STATIC = 4;
    public const ushort FRA_PRIORITY = 6;
    public const ushort FRA_FWMARK = 10;
    public const ushort FRA_TABLE = 15;
    public const byte FR_ACT_TO_TBL = 1;
    public const uint FIB_RULE_INVERT = 2;
    public const ushort IFLA_IFNAME = 3;
    public const ushort IFLA_MTU = 4;
    public const ushort IFA_ADDRESS = 1;
    public const ushort IFA_LOCAL = 2;
    public const ushort IFA_CACHEINFO = 6;
    public const ushort IFA_FLAGS = 8;
    public const ushort IFLA_ADDRESS = 1;
    public const uint IFF_UP = 1;
    public const uint IFF_LOOPBACK = 8;

    public const uint TUNSETIFF = 0x400454ca;
    public const ushort IFF_TUN = 1;
    public const ushort IFF_NO_PI = 0x1000;
    public const uint SIOCGIFINDEX = 0x8933;
    public const uint SIOCSIFMTU = 0x8922;
    public const uint SIOCSIFFLAGS = 0x8914;
    public const uint SIOCSIFTXQLEN = 0x8943;
}
