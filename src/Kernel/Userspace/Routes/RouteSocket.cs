using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Concentrator.Kernel.Native;
using Concentrator.Kernel.Netlink;

namespace Concentrator.Kernel.Userspace;

/// <summary>Routes, rules, addresses and links over NETLINK_ROUTE. For one thread.</summary>
internal sealed partial class RouteSocket : IDisposable
{
    private const ushort Acknowledged = Constants.NLM_F_REQUEST | Constants.NLM_F_ACK;
    private const ushort Dumped = Constants.NLM_F_REQUEST | Constants.NLM_F_DUMP;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private readonly NetlinkSocket _socket = NetlinkSocket.OpenRoute();
    private readonly MessageBuilder _builder = new();
    private readonly byte[] _received = new byte[64 * 1024];
    private uint _sequence;

    private delegate void MessageReaction(ReadOnlySpan<byte> payload);

    /// <summary>Adds a route or takes the place of the one to the same prefix. 0, or the errno.</summary>
    public int PutRoute(in Route route, IPAddress? preferredSource = null)
    {
        BeginRoute(Constants.RTM_NEWROUTE, Acknowledged | Constants.NLM_F_CREATE | Constants.NLM_F_REPLACE, route);
        if (preferredSource is not null) PutAddress(Constants.RTA_PREFSRC, preferredSource);
        return Execute();
    }

    /// <summary>Which link a packet to this address leaves by, and to which next hop; null without a route.</summary>
    public (int Device, IPAddress? Gateway)? WayTo(IPAddress remote)
    {
        (int, IPAddress?)? way = null;
        _builder.Begin(Constants.RTM_GETROUTE, Acknowledged, ++_sequence);
        _builder.Put(new rtmsg { rtm_family = (byte)Native(remote.AddressFamily), rtm_dst_len = (byte)(8 * remote.GetAddressBytes().Length) });
        PutAddress(Constants.RTA_DST, remote);
        // As what carries the tunnels goes, not as what goes through them.
        _builder.PutAttribute(Constants.RTA_MARK, TunnelRoutes.Mark);
        Dump(payload =>
        {
            if (!Addresses.TryRead(payload, out rtmsg message) || message.rtm_type != Constants.RTN_UNICAST) return;
            ReadOnlySpan<byte> attributes = payload[Marshal.SizeOf<rtmsg>()..];
            ReadOnlySpan<byte> device = MessageReader.FindAttribute(attributes, Constants.RTA_OIF), gateway = MessageReader.FindAttribute(attributes, Constants.RTA_GATEWAY);
            if (device.Length == 4) way = (MemoryMarshal.Read<int>(device), gateway.Length is 4 or 16 ? new IPAddress(gateway) : null);
        });
        return way;
    }

    public int DeleteRoute(in Route route)
    {
        BeginRoute(Constants.RTM_DELROUTE, Acknowledged, route);
        return Execute();
    }

    /// <summary>Where the table says that nobody is to be reached.</summary>
    public List<Route> UnreachableRoutes(uint table)
    {
        List<Route> routes = [];
        foreach (AddressFamily family in new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 })
        {
            _builder.Begin(Constants.RTM_GETROUTE, Dumped, ++_sequence);
            _builder.Put(new rtmsg { rtm_family = (byte)Native(family) });
            Dump(payload =>
            {
                if (!Addresses.TryRead(payload, out rtmsg message) || message.rtm_type != Constants.RTN_UNREACHABLE) return;
                ReadOnlySpan<byte> attributes = payload[Marshal.SizeOf<rtmsg>()..];
                ReadOnlySpan<byte> number = MessageReader.FindAttribute(attributes, Constants.RTA_TABLE);
                if (number.Length != 4 || MemoryMarshal.Read<uint>(number) != table) return;
                ReadOnlySpan<byte> address = MessageReader.FindAttribute(attributes, Constants.RTA_DST);
                IPAddress destination = address.IsEmpty ? family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any : new IPAddress(address);
                routes.Add(new Route(new IPNetwork(destination, message.rtm_dst_len), table, Route.Nowhere));
            });
        }

        return routes;
    }

    /// <summary>Whatever does not carry the mark looks into the table first. EEXIST when the rule is there already.</summary>
    public int AddRule(AddressFamily family, uint mark, uint table, uint priority)
    {
        PutRule(Constants.RTM_NEWRULE, Acknowledged | Constants.NLM_F_CREATE | Constants.NLM_F_EXCL, family, mark, table, priority);
        return Execute();
    }

    public int DeleteRule(AddressFamily family, uint mark, uint table, uint priority)
    {
        PutRule(Constants.RTM_DELRULE, Acknowledged, family, mark, table, priority);
        return Execute();
    }

    /// <summary>The addresses of this host in this network namespace; none when the kernel does not tell.</summary>
    public List<IPAddress> LocalAddresses(AddressFamily family)
    {
        List<IPAddress> addresses = [];
        DumpAddresses(family, (_, address) => addresses.Add(address));
        return addresses;
    }

    /// <summary>
    /// The addresses that others can reach this host at: those of links that are up and have a carrier, loopback apart; none that is link-local, not yet
    /// sure to be ours alone, or on its way out.
    /// </summary>
    public List<IPAddress> ReachableAddresses()
    {
        HashSet<uint> links = [];
        _builder.Begin(Constants.RTM_GETLINK, Dumped, ++_sequence);
        _builder.Put(default(ifinfomsg));
        Dump(payload =>
        {
            if (!Addresses.TryRead(payload, out ifinfomsg link)) return;
            const uint Working = Constants.IFF_UP | Constants.IFF_RUNNING;
            if ((link.ifi_flags & (Working | Constants.IFF_LOOPBACK)) == Working) links.Add((uint)link.ifi_index);
        });

        List<IPAddress> addresses = [];
        foreach (AddressFamily family in new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 })
        {
            DumpAddresses(family, (message, address) =>
            {
                bool isSettled = (message.ifa_flags & (Constants.IFA_F_DEPRECATED | Constants.IFA_F_DADFAILED | Constants.IFA_F_TENTATIVE)) == 0;
                if (isSettled && links.Contains(message.ifa_index) && !address.IsIPv6LinkLocal) addresses.Add(address);
            });
        }

        return addresses;
    }

    private void DumpAddresses(AddressFamily family, Action<ifaddrmsg, IPAddress> react)
    {
        _builder.Begin(Constants.RTM_GETADDR, Dumped, ++_sequence);
        _builder.Put(new ifaddrmsg { ifa_family = (byte)Native(family) });
        Dump(payload =>
        {
            if (!Addresses.TryRead(payload, out ifaddrmsg message) || message.ifa_family != Native(family)) return;
            ReadOnlySpan<byte> attributes = payload[Marshal.SizeOf<ifaddrmsg>()..];
            // On a point-to-point link IFA_ADDRESS is the other end's.
            ReadOnlySpan<byte> address = MessageReader.FindAttribute(attributes, Constants.IFA_LOCAL);
            if (address.IsEmpty) address = MessageReader.FindAttribute(attributes, Constants.IFA_ADDRESS);
            if (address.Length is 4 or 16) react(message, new IPAddress(address));
        });
    }

    /// <summary>The smallest MTU of the links that are up, loopback apart; null without any.</summary>
    public int? SmallestMtu()
    {
        int? smallest = null;
        _builder.Begin(Constants.RTM_GETLINK, Dumped, ++_sequence);
        _builder.Put(default(ifinfomsg));
        Dump(payload =>
        {
            if (!Addresses.TryRead(payload, out ifinfomsg link) || (link.ifi_flags & (Constants.IFF_UP | Constants.IFF_LOOPBACK)) != Constants.IFF_UP) return;
            ReadOnlySpan<byte> mtu = MessageReader.FindAttribute(payload[Marshal.SizeOf<ifinfomsg>()..], Constants.IFLA_MTU);
            if (mtu.Length == 4) smallest = Math.Min(smallest ?? int.MaxValue, MemoryMarshal.Read<int>(mtu));
        });
        return smallest;
    }

    public void Dispose() => _socket.Dispose();

    private void BeginRoute(ushort type, ushort flags, in Route route)
    {
        AddressFamily family = route.Destination.BaseAddress.AddressFamily;
        bool leadsToDevice = route.Device != Route.Nowhere, isDeleted = type == Constants.RTM_DELROUTE;
        _builder.Begin(type, flags, ++_sequence);
        _builder.Put(new rtmsg
        {
            rtm_family = (byte)Native(family),
            rtm_dst_len = (byte)route.Destination.PrefixLength,
            // Zero and RT_SCOPE_NOWHERE: whatever it has.
            rtm_protocol = isDeleted ? (byte)0 : Constants.RTPROT_STATIC,
            rtm_scope = isDeleted ? Constants.RT_SCOPE_NOWHERE : leadsToDevice && route.Gateway is null && family == AddressFamily.InterNetwork ? Constants.RT_SCOPE_LINK : Constants.RT_SCOPE_UNIVERSE,
            rtm_type = leadsToDevice || (isDeleted && route.Table == InsideRoutes.Table) ? Constants.RTN_UNICAST : Constants.RTN_UNREACHABLE,
        });
        PutAddress(Constants.RTA_DST, route.Destination.BaseAddress);
        _builder.PutAttribute(Constants.RTA_TABLE, route.Table);
        if (route.Gateway is not null) PutAddress(Constants.RTA_GATEWAY, route.Gateway);
        if (leadsToDevice) _builder.PutAttribute(Constants.RTA_OIF, route.Device);
        else if (route.Table != InsideRoutes.Table) _builder.PutAttribute(Constants.RTA_PRIORITY, Route.LastResort);
    }

    private void PutRule(ushort type, ushort flags, AddressFamily family, uint mark, uint table, uint priority)
    {
        _builder.Begin(type, flags, ++_sequence);
        _builder.Put(new fib_rule_hdr { family = (byte)Native(family), action = Constants.FR_ACT_TO_TBL, flags = Constants.FIB_RULE_INVERT });
        _builder.PutAttribute(Constants.FRA_FWMARK, mark);
        _builder.PutAttribute(Constants.FRA_TABLE, table);
        _builder.PutAttribute(Constants.FRA_PRIORITY, priority);
    }

    private void PutAddress(ushort type, IPAddress address)
    {
        byte[] octets = address.GetAddressBytes();
        _builder.BeginAttribute(type, octets.Length);
        octets.CopyTo(_builder.Reserve(octets.Length));
    }

    /// <summary>Sends what was built and waits for its ack.</summary>
    private int Execute()
    {
        if (Send() is not 0 and int error) return error;
        while (true)
        {
            int length = _socket.Receive(_received, Deadline);
            if (length == -Errno.EINTR) continue;
            if (length < 0) return -length;
            var reader = new MessageReader(_received.AsSpan(0, length));
            while (reader.Next())
            {
                if (reader.Header.nlmsg_seq == _sequence && reader.Header.nlmsg_type == Constants.NLMSG_ERROR) return reader.ReadError().Errno;
            }
        }
    }

    private void Dump(MessageReaction react)
    {
        if (Send() != 0) return;
        while (true)
        {
            int length = _socket.Receive(_received, Deadline);
            if (length == -Errno.EINTR) continue;
            if (length < 0) return;
            var reader = new MessageReader(_received.AsSpan(0, length));
            while (reader.Next())
            {
                if (reader.Header.nlmsg_seq != _sequence) continue;
                if (reader.Header.nlmsg_type is Constants.NLMSG_DONE or Constants.NLMSG_ERROR) return;
                react(reader.Payload);
            }
        }
    }

    private int Send()
    {
        _builder.End();
        int error = _socket.Send(_builder.Written);
        _builder.Clear();
        return error;
    }

    private static ushort Native(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? Constants.AF_INET6 : Constants.AF_INET;
}
