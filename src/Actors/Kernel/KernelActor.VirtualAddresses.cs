using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Concentrator.Actors.Node;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Kernel;

/// <summary>
/// Addresses inside the tunnel that peers gave us: on the host as long as an IKE SA has them, of which there may be two where one is built anew. One that the host
/// had before is used and left alone.
/// </summary>
internal sealed partial class KernelActor
{
    private readonly Dictionary<IPAddress, VirtualAddress> _virtual = [];

    private void AddVirtual(AddVirtualAddresses add, IActorRef owner)
    {
        Context.Watch(owner);
        foreach (IPAddress address in add.Addresses)
        {
            if (Use(address, add.Local, owner) is not { } refusal) continue;
            RemoveVirtual(owner);
            owner.Tell(new AddressesNotUsable(refusal));
            return;
        }
    }

    /// <summary>Null: the host has it. Else why not.</summary>
    private string? Use(IPAddress address, IPAddress local, IActorRef owner)
    {
        if (_virtual.TryGetValue(address, out VirtualAddress? known))
        {
            known.Users.Add(owner);
            return null;
        }

        string? named = _node.Options.VirtualAddressDevice;
        if ((named is null ? _hostAddresses.DeviceOf(local) : _hostAddresses.DeviceOf(named)) is not { } device)
            return named is null ? $"no link has {local}" : $"there is no link {named}";
        bool isIpv4 = address.AddressFamily == AddressFamily.InterNetwork;
        // RFC 6724 §5: what does not go through the tunnel must not be sent from an IPv6 address that is inside.
        HostAddress host = new(address, isIpv4 ? 32 : 128, device) { IsDeprecated = !isIpv4 };
        int error = _hostAddresses.Add(host);
        if (error is not (Errno.Ok or Errno.EEXIST)) return $"{Errno.TextOf(error)} ({Errno.NameOf(error)})";
        _virtual.Add(address, new VirtualAddress(host, error == Errno.Ok) { Users = { owner } });
        _node.VirtualAddresses.Add(address);
        _node.Log.Knl.VirtualAddressAdded(address, error == Errno.Ok ? "added" : "there already");
        return null;
    }

    /// <summary>Where the kernel itself protects packets, they have to leave from the address that the child's policies are for; ESP in user space has routes of its own.</summary>
    private void LeadFrom(KernelOwner owner, IEnumerable<XfrmSelector> selectors, IPAddress peer)
    {
        if (_backend is IEspInUdp || _virtual.Count == 0) return;
        foreach ((IPNetwork destination, IPAddress source) in selectors.Select(s => (s.Destination, s.Source.BaseAddress)).Distinct().Where(s => _virtual.ContainsKey(s.BaseAddress)))
        {
            int error = _hostAddresses.Lead(destination, source, peer);
            if (error == Errno.Ok) owner.Routes.Add((destination, source, peer));
            else _node.Log.Knl.VirtualRouteRefused(destination, source, $"{Errno.TextOf(error)} ({Errno.NameOf(error)})");
        }
    }

    private void LeadAgain(KernelOwner owner, IPAddress peer)
    {
        List<(IPNetwork Destination, IPAddress Source, IPAddress Peer)> routes = owner.Routes;
        owner.Routes = [];
        foreach ((IPNetwork destination, IPAddress source, _) in routes)
        {
            if (_hostAddresses.Lead(destination, source, peer) == Errno.Ok) owner.Routes.Add((destination, source, peer));
        }

        foreach ((IPNetwork destination, IPAddress source, IPAddress former) in routes) _hostAddresses.Unlead(destination, source, former);
    }

    private void Unlead(KernelOwner owner)
    {
        foreach ((IPNetwork destination, IPAddress source, IPAddress peer) in owner.Routes) _hostAddresses.Unlead(destination, source, peer);
        owner.Routes.Clear();
    }

    private void RemoveVirtual(IActorRef owner)
    {
        foreach ((IPAddress address, VirtualAddress known) in _virtual.ToList())
        {
            if (known.Users.Remove(owner) && known.Users.Count == 0) Remove(address, known);
        }
    }

    private void RemoveAllVirtual()
    {
        foreach ((IPAddress address, VirtualAddress known) in _virtual.ToList()) Remove(address, known);
    }

    private void Remove(IPAddress address, VirtualAddress known)
    {
        int error = known.IsOurs ? _hostAddresses.Remove(known.Host) : Errno.Ok;
        _virtual.Remove(address);
        _node.VirtualAddresses.Remove(address);
        // Somebody's hand, or the link that is gone, was faster.
        if (error is not (Errno.Ok or Errno.EADDRNOTAVAIL)) _node.Log.Knl.VirtualAddressStays(address, $"{Errno.TextOf(error)} ({Errno.NameOf(error)})");
        else _node.Log.Knl.VirtualAddressRemoved(address);
    }

    private sealed record VirtualAddress(HostAddress Host, bool IsOurs)
    {
        public HashSet<IActorRef> Users { get; } = [];
    }
}
