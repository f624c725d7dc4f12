using System.Net;

namespace Concentrator.Kernel;

/// <summary>Addresses that no packet is sent to: beside an SAD and SPD in memory. <see cref="Refusal"/> is what the next calls that add come to.</summary>
public sealed class MemoryHostAddresses : IHostAddresses
{
    private readonly HashSet<IPAddress> _addresses = [];

    public IReadOnlyCollection<IPAddress> Addresses
    {
        get
        {
            lock (_addresses) return [.. _addresses];
        }
    }

    public int Refusal { get; set; }

    public int Add(in HostAddress address)
    {
        if (Refusal != 0) return Refusal;
        lock (_addresses) return _addresses.Add(address.Address) ? 0 : Errno.EEXIST;
    }

    public int Put(in HostAddress address)
    {
        if (Refusal != 0) return Refusal;
        lock (_addresses) _addresses.Add(address.Address);
        return 0;
    }

    public int Remove(in HostAddress address)
    {
        lock (_addresses) return _addresses.Remove(address.Address) ? 0 : Errno.EADDRNOTAVAIL;
    }

    public int Lead(IPNetwork destination, IPAddress source, IPAddress peer) => Errno.Ok;

    public void Unlead(IPNetwork destination, IPAddress source, IPAddress peer)
    {
    }

    public int? DeviceOf(IPAddress address) => 1;

    public int? DeviceOf(string name) => 1;

    public void Dispose()
    {
    }
}
