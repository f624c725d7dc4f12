using System.Collections.Immutable;
using System.Net;

namespace Concentrator.Actors.Kernel;

/// <summary>The addresses of this host that are inside tunnels: nobody can reach us at them from outside. Safe from any thread.</summary>
internal sealed class VirtualAddressBoard
{
    private ImmutableHashSet<IPAddress> _current = [];

    public bool Contains(IPAddress address) => Volatile.Read(ref _current).Contains(address);

    public void Add(IPAddress address) => ImmutableInterlocked.Update(ref _current, set => set.Add(address));

    public void Remove(IPAddress address) => ImmutableInterlocked.Update(ref _current, set => set.Remove(address));
}
