using System.Security.Cryptography;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto;

/// <summary>
/// The keys of one ESP SA pair (RFC 7296 §2.17). The initiator's SA carries from the initiator of the exchange to its responder. An AEAD's
/// encryption key ends with its salt, and its integrity keys are empty. Owned by the CHILD SA, which disposes it once the kernel has them.
/// </summary>
public sealed class ChildKeys : IDisposable
{
    private ChildKeys(ReadOnlySpan<byte> material, int encryptionLength, int integrityLength)
    {
        KeyMaterial rest = new(material);
        EncryptionInitiator = rest.Take(encryptionLength);
        IntegrityInitiator = rest.Take(integrityLength);
        EncryptionResponder = rest.Take(encryptionLength);
        IntegrityResponder = rest.Take(integrityLength);
    }

    /// <summary>Keys that were derived before. Each is copied.</summary>
    public ChildKeys(Secret encryptionInitiator, Secret integrityInitiator, Secret encryptionResponder, Secret integrityResponder)
    {
        EncryptionInitiator = encryptionInitiator.Copy();
        IntegrityInitiator = integrityInitiator.Copy();
        EncryptionResponder = encryptionResponder.Copy();
        IntegrityResponder = integrityResponder.Copy();
    }

    public Secret EncryptionInitiator { get; }

    public Secret IntegrityInitiator { get; }

    public Secret EncryptionResponder { get; }

    public Secret IntegrityResponder { get; }

    /// <summary>KEYMAT = prf+(SK_d, [g^ir (new) |] Ni | Nr).</summary>
    /// <param name="suite">What was chosen; its lengths shape the result.</param>
    /// <param name="prf">The IKE SA's PRF.</param>
    /// <param name="skD">The IKE SA's SK_d; the caller still owns it.</param>
    /// <param name="nonceI">Ni of the exchange that creates the child: IKE_SA_INIT's for the child of IKE_AUTH.</param>
    /// <param name="nonceR">Nr, likewise.</param>
    /// <param name="sharedSecret">g^ir of the exchange's own KE payloads; null without them. The caller still owns it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The suite has an algorithm that is not of this program.</exception>
    public static ChildKeys Derive(
        EspSuite suite, PrfId prf, Secret skD, ReadOnlySpan<byte> nonceI, ReadOnlySpan<byte> nonceR, Secret? sharedSecret)
    {
        ArgumentNullException.ThrowIfNull(suite);
        ArgumentNullException.ThrowIfNull(skD);

        int encryption = AlgorithmTable.EncryptionKeying(suite.Encryption, suite.KeyLength);
        int integrity = AlgorithmTable.IntegrityKeying(suite.Integrity);
        Span<byte> material = stackalloc byte[2 * (encryption + integrity)];
        try
        {
            Prf.Expand(prf, skD.Span, sharedSecret is null ? default : sharedSecret.Span, nonceI, nonceR, material);
            return new ChildKeys(material, encryption, integrity);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(material);
        }
    }

    public ChildKeys Copy() => new(EncryptionInitiator, IntegrityInitiator, EncryptionResponder, IntegrityResponder);

    public void Dispose()
    {
        EncryptionInitiator.Dispose();
        IntegrityInitiator.Dispose();
        EncryptionResponder.Dispose();
        IntegrityResponder.Dispose();
    }
}
