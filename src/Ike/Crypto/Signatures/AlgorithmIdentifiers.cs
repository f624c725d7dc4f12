using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto;

/// <summary>
/// The DER AlgorithmIdentifiers of RFC 7427 appendix A and RFC 8420 appendix A, as octets to be compared with: what a peer sends is never parsed.
/// An identifier is one of these, or unknown.
/// </summary>
internal static class AlgorithmIdentifiers
{
    private static readonly byte[] Null = [0x05, 0x00];
    private static readonly byte[] RsaPss = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
    private static readonly byte[] Mgf1 = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08];

    private static readonly (SignatureScheme Scheme, byte[] Octets)[] Table =
    [
        .. SignatureSchemes.Pss.SelectMany(scheme => PssForms(scheme).Select(octets => (scheme, octets))),
        .. SignatureSchemes.Pkcs1.SelectMany(scheme => Pkcs1Forms(scheme).Select(octets => (scheme, octets))),
        .. SignatureSchemes.EcdsaDer.Select(scheme => (scheme, Sequence(EcdsaOid(scheme.Hash)))),
        (SignatureSchemes.Ed25519, Sequence([0x06, 0x03, 0x2b, 0x65, 0x70])),
    ];

    /// <summary>What we send.</summary>
    public static ReadOnlySpan<byte> Of(SignatureScheme scheme) => Table.First(row => row.Scheme == scheme).Octets;

    /// <summary>Null: not one of ours.</summary>
    public static SignatureScheme? Find(ReadOnlySpan<byte> octets)
    {
        foreach ((SignatureScheme scheme, byte[] known) in Table)
        {
            if (octets.SequenceEqual(known)) return scheme;
        }

        return null;
    }

    /// <summary>
    /// RFC 4055 §2.1: the parameters of a hash are NULL, and a verifier accepts their absence too. The salt is as long as the hash; other lengths, and the
    /// defaults with SHA-1, are not in the table.
    /// </summary>
    private static IEnumerable<byte[]> PssForms(SignatureScheme scheme) =>
        from hash in HashForms(scheme.Hash)
        from mgfHash in HashForms(scheme.Hash)
        select Sequence(
            RsaPss,
            Sequence(Wrap(0xa0, hash), Wrap(0xa1, Sequence(Mgf1, mgfHash)), Wrap(0xa2, [0x02, 0x01, (byte)OctetsOf(scheme.Hash)])));

    /// <summary>RFC 4055 §5: the parameters are NULL, and a verifier accepts their absence too.</summary>
    private static byte[][] Pkcs1Forms(SignatureScheme scheme)
    {
        byte[] oid = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, Pick(scheme.Hash, 0x0b, 0x0c, 0x0d)];
        return [Sequence(oid, Null), Sequence(oid)];
    }

    private static byte[] EcdsaOid(HashId hash) => [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, Pick(hash, 0x02, 0x03, 0x04)];

    private static byte[][] HashForms(HashId hash)
    {
        byte[] oid = [0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, Pick(hash, 0x01, 0x02, 0x03)];
        return [Sequence(oid, Null), Sequence(oid)];
    }

    private static int OctetsOf(HashId hash) => Pick(hash, 32, 48, 64);

    private static byte Pick(HashId hash, byte sha256, byte sha384, byte sha512) => hash switch
    {
        HashId.Sha256 => sha256,
        HashId.Sha384 => sha384,
        HashId.Sha512 => sha512,
        _ => throw new ArgumentOutOfRangeException(nameof(hash), hash, "No identifier is made of this hash."),
    };

    private static byte[] Sequence(params byte[][] parts) => Wrap(0x30, [.. parts.SelectMany(p => p)]);

    /// <summary>All of these are shorter than 128 octets: one octet of length.</summary>
    private static byte[] Wrap(byte tag, byte[] content) => [tag, checked((byte)content.Length), .. content];
}
