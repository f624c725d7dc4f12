using System.Net;

namespace Concentrator.Kernel;

/// <summary>Gives this host addresses and takes them away. For one thread. Nothing throws for a refusal: it is the errno that comes back, 0 where there is none.</summary>
public interface IHostAddresses : IDisposable
{
    /// <summary>EEXIST where the host has that address: whoever gave it owns it.</summary>
    int Add(in HostAddress address);

    /// <summary>Adds, or gives the one that is there another lifetime.</summary>
    int Put(in HostAddress address);

    int Remove(in HostAddress address);

    /// <summary>What goes to this network goes the way that leads to the peer, but from this address of ours: where the kernel's policies protect it.</summary>
    int Lead(IPNetwork destination, IPAddress source, IPAddress peer);

    /// <summary>Undoes one <see cref="Lead"/>.</summary>
    void Unlead(IPNetwork destination, IPAddress source, IPAddress peer);

    /// <summary>The link that has this address; null: none.</summary>
    int? DeviceOf(IPAddress address);

    /// <summary>The link of this name; null: none.</summary>
    int? DeviceOf(string name);
}
