using System.Net;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Node;

/// <summary>The host's addresses, as the test says.</summary>
internal sealed class ToldAddresses(IPAddress address) : IAddressSource
{
    private volatile IPAddress _address = address;

    public IReadOnlyList<IPAddress> Current => [_address];

    public event Action<bool>? Changed;

    public IPAddress? SourceTowards(IPAddress remote) => _address;

    public void Become(IPAddress other)
    {
        _address = other;
        Changed?.Invoke(true);
    }

    public void Dispose()
    {
    }
}
