using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto;

/// <summary>One key exchange method: the fixed lengths of a public value and of the shared secret, in octets, and who computes it.</summary>
public sealed record KeyExchangeAlgorithm(KeyExchangeMethod Method, int PublicOctets, int SharedOctets, string Provider);
