namespace Concentrator.Ike.Wire;

/// <summary>Flags of the IKE header (RFC 7296 §3.1). Version and the reserved bits are cleared on sending and ignored on receipt.</summary>
[Flags]
public enum IkeFlags : byte
{
    None = 0,

    /// <summary>Sent by the original initiator of the IKE SA.</summary>
    Initiator = 0x08,

    /// <summary>The sender could speak a higher major version.</summary>
    Version = 0x10,

    Response = 0x20,
}
