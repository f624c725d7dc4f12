using System.Net;

namespace Concentrator.Kernel;

/// <summary>What names an ESP SA in the kernel: its destination and SPI (struct xfrm_usersa_id). The protocol is always ESP here.</summary>
public sealed record SaId(IPAddress Destination, uint Spi)
{
    public override string ToString() => $"{Spi:x8} to {Destination}";
}
