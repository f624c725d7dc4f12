using System.Buffers.Binary;
using System.Security.Cryptography;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto;

/// <summary>
/// SK_d, SK_ai, SK_ar, SK_ei, SK_er, SK_pi, SK_pr of one IKE SA (RFC 7296 §2.14). SK_a* are empty with an AEAD, whose SK_e* end with the
/// salt (RFC 5282 §7.1). Owned by the IKE SA, which disposes it.
/// </summary>
public sealed class IkeKeys : IDisposable
{
    private IkeKeys(ReadOnlySpan<byte> material, int prfLength, int integrityLength, int encryptionLength)
    {
        KeyMaterial rest = new(material);
        D = rest.Take(prfLength);
        Ai = rest.Take(integrityLength);
        Ar = rest.Take(integrityLength);
        Ei = rest.Take(encryptionLength);
        Er = rest.Take(encryptionLength);
        Pi = rest.Take(prfLength);
        Pr = rest.Take(prfLength);
    }

    /// <summary>Keys that were derived before. Each is copied.</summary>
    public IkeKeys(Secret d, Secret ai, Secret ar, Secret ei, Secret er, Secret pi, Secret pr) =>
        (D, Ai, Ar, Ei, Er, Pi, Pr) = (d.Copy(), ai.Copy(), ar.Copy(), ei.Copy(), er.Copy(), pi.Copy(), pr.Copy());

    public Secret D { get; }

    public Secret Ai { get; }

    public Secret Ar { get; }

    public Secret Ei { get; }

    public Secret Er { get; }

    public Secret Pi { get; }

    public Secret Pr { get; }

    /// <summary>The keys of a new IKE SA: SKEYSEED = prf(Ni | Nr, g^ir).</summary>
    /// <param name="suite">What was chosen; its lengths shape the result.</param>
    /// <param name="sharedSecret">g^ir; the caller still owns it.</param>
    /// <param name="nonceI">Ni, without the payload header.</param>
    /// <param name="nonceR">Nr, likewise.</param>
    /// <param name="spiI">SPIi as a number, most significant octet first on the wire.</param>
    /// <param name="spiR">SPIr, likewise.</param>
    /// <exception cref="ArgumentOutOfRangeException">The suite has an algorithm that is not of this program.</exception>
    public static IkeKeys Derive(
        IkeSuite suite, Secret sharedSecret, ReadOnlySpan<byte> nonceI, ReadOnlySpan<byte> nonceR, ulong spiI, ulong spiR)
    {
        ArgumentNullException.ThrowIfNull(suite);
        ArgumentNullException.ThrowIfNull(sharedSecret);

        byte[] nonces = [.. nonceI, .. nonceR];
        Span<byte> seed = stackalloc byte[Prf.OutputLength(suite.Prf)];
        Prf.Compute(suite.Prf, nonces, sharedSecret.Span, seed);
        return Expand(suite, seed, nonceI, nonceR, spiI, spiR);
    }

    /// <summary>
    /// The keys of an IKE SA that replaces another: SKEYSEED = prf(SK_d (old), g^ir (new) | Ni | Nr) with the old SA's PRF, the SK_* with the
    /// new one's (RFC 7296 §2.18). Nonces and SPIs are those of the CREATE_CHILD_SA exchange, initiator and responder those of that exchange.
    /// </summary>
    /// <inheritdoc cref="Derive"/>
    public static IkeKeys DeriveForRekey(
        IkeSuite newSuite,
        PrfId oldPrf,
        Secret oldSkD,
        Secret sharedSecret,
        ReadOnlySpan<byte> nonceI,
        ReadOnlySpan<byte> nonceR,
        ulong spiI,
        ulong spiR)
    {
        ArgumentNullException.ThrowIfNull(newSuite);
        ArgumentNullException.ThrowIfNull(oldSkD);
        ArgumentNullException.ThrowIfNull(sharedSecret);

        Span<byte> seed = stackalloc byte[Prf.OutputLength(oldPrf)];
        Prf.Compute(oldPrf, oldSkD.Span, sharedSecret.Span, nonceI, nonceR, seed);
        return Expand(newSuite, seed, nonceI, nonceR, spiI, spiR);
    }

    public IkeKeys Copy() => new(D, Ai, Ar, Ei, Er, Pi, Pr);

    public void Dispose()
    {
        D.Dispose();
        Ai.Dispose();
        Ar.Dispose();
        Ei.Dispose();
        Er.Dispose();
        Pi.Dispose();
        Pr.Dispose();
    }

    /// <summary>{SK_d | SK_ai | SK_ar | SK_ei | SK_er | SK_pi | SK_pr} = prf+(SKEYSEED, Ni | Nr | SPIi | SPIr). Wipes the seed.</summary>
    private static IkeKeys Expand(
        IkeSuite suite, Span<byte> seed, ReadOnlySpan<byte> nonceI, ReadOnlySpan<byte> nonceR, ulong spiI, ulong spiR)
    {
        int prf = Prf.PreferredKeyLength(suite.Prf);
        int integrity = AlgorithmTable.IntegrityKeying(suite.Integrity);
        int encryption = AlgorithmTable.EncryptionKeying(suite.Encryption, suite.KeyLength);

        Span<byte> spis = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(spis, spiI);
        BinaryPrimitives.WriteUInt64BigEndian(spis[8..], spiR);

        Span<byte> material = stackalloc byte[(3 * prf) + (2 * integrity) + (2 * encryption)];
        try
        {
            Prf.Expand(suite.Prf, seed, nonceI, nonceR, spis, material);
            return new IkeKeys(material, prf, integrity, encryption);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
            CryptographicOperations.ZeroMemory(material);
        }
    }
}
