using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Concentrator.Kernel.Native;
using Concentrator.Kernel.Netlink;

namespace Concentrator.Kernel.Userspace;

/// <summary>A link by its name. <see cref="Hardware"/>: empty where it has no such address.</summary>
internal readonly record struct LinkEntry(int Index, bool IsUp, byte[] Hardware);

internal sealed partial class RouteSocket
{
    /// <summary>Null when there is no link of this name.</summary>
    public LinkEntry? FindLink(string name)
    {
        LinkEntry? found = null;
        _builder.Begin(Constants.RTM_GETLINK, Dumped, ++_sequence);
        _builder.Put(default(ifinfomsg));
        Dump(payload =>
        {
            if (!Addresses.TryRead(payload, out ifinfomsg link)) return;
            ReadOnlySpan<byte> attributes = payload[Marshal.SizeOf<ifinfomsg>()..];
            ReadOnlySpan<byte> called = MessageReader.FindAttribute(attributes, Constants.IFLA_IFNAME);
            if (Encoding.UTF8.GetString(called.TrimEnd((byte)0)) == name)
                found = new LinkEntry(link.ifi_index, (link.ifi_flags & Constants.IFF_UP) != 0, MessageReader.FindAttribute(attributes, Constants.IFLA_ADDRESS).ToArray());
        });
        return found;
    }

    /// <summary>An address of a link as the kernel has it, its lifetime as far as it is left; null where it does not.</summary>
    public HostAddress? FindAddress(int device, IPAddress address)
    {
        HostAddress? found = null;
        _builder.Begin(Constants.RTM_GETADDR, Dumped, ++_sequence);
        _builder.Put(new ifaddrmsg { ifa_family = (byte)Native(address.AddressFamily) });
        Dump(payload =>
        {
            if (!Addresses.TryRead(payload, out ifaddrmsg message) || message.ifa_index != device) return;
            ReadOnlySpan<byte> attributes = payload[Marshal.SizeOf<ifaddrmsg>()..];
            ReadOnlySpan<byte> octets = MessageReader.FindAttribute(attributes, Constants.IFA_LOCAL);
            if (octets.IsEmpty) octets = MessageReader.FindAttribute(attributes, Constants.IFA_ADDRESS);
            if (octets.Length is not (4 or 16) || !new IPAddress(octets).Equals(address)) return;
            bool isForGood = !Addresses.TryRead(MessageReader.FindAttribute(attributes, Constants.IFA_CACHEINFO), out ifa_cacheinfo life) || life.ifa_valid == uint.MaxValue;
            found = new HostAddress(address, message.ifa_prefixlen, device) { Lifetime = isForGood ? null : TimeSpan.FromSeconds(life.ifa_valid) };
        });
        return found;
    }
}
