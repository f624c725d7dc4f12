using System.Net;

namespace Concentrator.Kernel;

/// <summary>Which addresses this host has, where its routes lead, and when that changes. Safe from any thread.</summary>
public interface IAddressSource : IDisposable
{
    /// <summary>The addresses that others can reach us at, now.</summary>
    IReadOnlyList<IPAddress> Current { get; }

    /// <summary>Which of our addresses a packet to <paramref name="remote"/> would leave from; null without a route. Sends nothing.</summary>
    IPAddress? SourceTowards(IPAddress remote);

    /// <summary>Raised on a thread of the source's own. True: the addresses are others; false: routes or links alone have changed.</summary>
    event Action<bool>? Changed;
}
