using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Concentrator.Actors.Tests.Certificates;

/// <summary>Signs as authorities did long ago, which .NET's own generators refuse: RSA with SHA-1, whatever is asked for.</summary>
[SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "It is what has to be refused.")]
internal sealed class Sha1SignatureGenerator(RSA key, bool isPss) : X509SignatureGenerator
{
    // RFC 4055 §3.1: RSASSA-PSS with all defaults. RFC 8017 §A.2.4: sha1WithRSAEncryption.
    public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) => isPss
        ? [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a, 0x30, 0x00]
        : [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05, 0x05, 0x00];

    public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) =>
        key.SignData(data, HashAlgorithmName.SHA1, isPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);

    protected override PublicKey BuildPublicKey() => new(key);
}
