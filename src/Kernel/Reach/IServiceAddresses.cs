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

    /// <summary>
    /// Before it is removed: what is still on its way here is taken for a moment longer, while the address is on another host already. It is on the loopback link, whose
    /// addresses are announced to nobody, and goes within two seconds by itself. Null, or why not.
    /// </summary>
    string? Linger(ServiceAddress address);

    /// <summary>The moment is over.</summary>
    void StopLingering(ServiceAddress address);

    /// <summary>Tells the neighbours that the address is here now: a gratuitous ARP, or an unsolicited neighbour advertisement. Null, or why not.</summary>
    string? Announce(ServiceAddress address);
}
