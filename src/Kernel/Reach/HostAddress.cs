using System.Net;

namespace Concentrator.Kernel;

/// <summary>An address on a link of this host, by the link's index.</summary>
public readonly record struct HostAddress(IPAddress Address, int PrefixLength, int Device)
{
    /// <summary>The kernel removes it by itself after this, in whole seconds, unless it is put again; null: it stays.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>Nothing is sent from it that does not name it (RFC 4862 §5.5.4).</summary>
    public bool IsDeprecated { get; init; }
}
