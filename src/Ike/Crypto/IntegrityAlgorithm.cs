using System.Security.Cryptography;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto;

/// <summary>
/// One integrity transform: HMAC with a key as long as its hash, truncated to the ICV (RFC 4868 §2.6, RFC 2404). Lengths in octets.
/// </summary>
public sealed record IntegrityAlgorithm(IntegrityId Id, HashAlgorithmName Hash, int KeyOctets, int IcvOctets, string Provider);
