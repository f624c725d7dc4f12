using System.Net;
using System.Net.Sockets;
using Concentrator.Kernel.Native;

namespace Concentrator.Kernel.Userspace;

/// <summary>Addresses of this host's links: adding and removing them.</summary>
internal sealed partial class RouteSocket
{
    /// <summary>Adds an address, which must not be there: else EEXIST.</summary>
    public int AddAddress(in HostAddress address) => PutAddress(address, Constants.NLM_F_CREATE | Constants.NLM_F_EXCL);

    /// <summary>Adds an address, or changes how long the one that is there stays.</summary>
    public int PutAddress(in HostAddress address) => PutAddress(address, Constants.NLM_F_CREATE | Constants.NLM_F_REPLACE);

    /// <summary>EADDRNOTAVAIL where there is none.</summary>
    public int DeleteAddress(in HostAddress address)
    {
        BeginAddress(Constants.RTM_DELADDR, Acknowledged, address);
        return Execute();
    }

    /// <summary>The index of the link that has this address; null: none has.</summary>
    public int? DeviceOf(IPAddress address)
    {
        int? device = null;
        DumpAddresses(address.AddressFamily, (message, found) =>
        {
            if (found.Equals(address)) device ??= (int)message.ifa_index;
        });
        return device;
    }

    /// <summary>The index of the link of this name; null: there is none.</summary>
    public int? DeviceOf(string name) => FindLink(name)?.Index;

    private int PutAddress(in HostAddress address, ushort flags)
    {
        BeginAddress(Constants.RTM_NEWADDR, (ushort)(Acknowledged | flags), address);
        if (address.Address.AddressFamily == AddressFamily.InterNetworkV6) _builder.PutAttribute(Constants.IFA_FLAGS, Constants.IFA_F_NODAD);
        uint valid = address.Lifetime is { } lifetime ? (uint)Math.Ceiling(lifetime.TotalSeconds) : uint.MaxValue;
        if (address.Lifetime is not null || address.IsDeprecated)
            _builder.PutAttribute(Constants.IFA_CACHEINFO, new ifa_cacheinfo { ifa_valid = valid, ifa_prefered = address.IsDeprecated ? 0 : valid });
        return Execute();
    }

    private void BeginAddress(ushort type, ushort flags, in HostAddress address)
    {
        _builder.Begin(type, flags, ++_sequence);
        _builder.Put(new ifaddrmsg
        {
            ifa_family = (byte)Native(address.Address.AddressFamily),
            ifa_prefixlen = (byte)address.PrefixLength,
            ifa_index = (uint)address.Device,
        });
        PutAddress(Constants.IFA_LOCAL, address.Address);
        PutAddress(Constants.IFA_ADDRESS, address.Address);
    }
}
