namespace Concentrator.Ike.Registries;

/// <summary>Transform types (IANA "Transform Type Values", RFC 7296 §3.3.2).</summary>
public enum TransformType : byte
{
    Encryption = 1,
    PseudorandomFunction = 2,
    Integrity = 3,
    KeyExchangeMethod = 4,
    ExtendedSequenceNumbers = 5,
}
