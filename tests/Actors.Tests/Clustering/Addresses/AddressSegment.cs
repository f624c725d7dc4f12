using System.Collections.Concurrent;
using System.Net;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Clustering.Addresses;

/// <summary>The addresses of several hosts of one process, for tests that look at what follows from them; who may have which, and when, is seen with real kernels in tests/cluster.</summary>
internal sealed class AddressSegment
{
    private readonly ConcurrentDictionary<(string Host, IPAddress Address), byte> _there = new();

    /// <summary>Called before an address is on a host that did not have it.</summary>
    public Action<string>? Arriving { get; set; }

    /// <summary>The host of this name takes no address, and loses those that it has.</summary>
    public string? Refusing { get => Volatile.Read(ref field); set => Volatile.Write(ref field, value); }

    public IReadOnlyList<IPAddress> Of(string host) => [.. _there.Keys.Where(key => key.Host == host).Select(key => key.Address)];

    public IServiceAddresses Open(string host) => new Host(this, host);

    private sealed class Host(AddressSegment segment, string name) : IServiceAddresses
    {
        public string? Lease(ServiceAddress address, TimeSpan life, bool isNew)
        {
            if (segment.Refusing == name)
            {
                segment._there.TryRemove((name, address.Address), out _);
                return "its link is gone";
            }

            if (isNew) segment.Arriving?.Invoke(name);
            segment._there[(name, address.Address)] = 0;
            return null;
        }

        public string? Remove(ServiceAddress address)
        {
            segment._there.TryRemove((name, address.Address), out _);
            return null;
        }

        public string? Linger(ServiceAddress address) => null;

        public void StopLingering(ServiceAddress address)
        {
        }

        public string? Announce(ServiceAddress address) => null;

        public void Dispose()
        {
        }
    }
}
