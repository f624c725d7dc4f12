namespace Concentrator.Kernel;

/// <summary>
/// Puts service addresses on this host for a while at a time. What is not leased again goes by itself, though this process stand still or be gone: it is the
/// kernel that counts. For one thread.
/// </summary>
public interface IServiceAddresses : IDisposable
{
    /// <summary>Adds the address, or prolongs it. Null, or why not: a sentence for the log.</summary>
    /// <param name="address">Which, and on which link.</param>
    /// <param name="life">Cut to whole seconds; at least one.</param>
    /// <param name="isNew">We do not have it yet: it is refused when somebody else put it there.</param>
    string? Lease(ServiceAddress address, TimeSpan life, bool isNew);

    /// <summary>Takes it away at once. Null, also when it was not there any more, or why not.</summary>
    string? Remove(ServiceAddress address);

    /// <summary>Tells the neighbours that the address is here now: a gratuitous ARP, or an unsolicited neighbour advertisement. Null, or why not.</summary>
    string? Announce(ServiceAddress address);
}
