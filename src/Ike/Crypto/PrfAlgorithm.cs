using System.Security.Cryptography;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto;

/// <summary>
/// One pseudorandom function: HMAC, whose preferred key is as long as its output (RFC 7296 §2.13, RFC 4868 §2.1.2). Length in octets.
/// </summary>
public sealed record PrfAlgorithm(PrfId Id, HashAlgorithmName Hash, int OutputOctets, string Provider);
