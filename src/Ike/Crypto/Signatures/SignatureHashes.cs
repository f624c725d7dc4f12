using System.Buffers.Binary;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto;

/// <summary>The data of SIGNATURE_HASH_ALGORITHMS (RFC 7427 §4): two octets each.</summary>
public static class SignatureHashes
{
    /// <summary>What we verify, in the order of the registry.</summary>
    public static IReadOnlyList<HashId> Ours { get; } = [HashId.Sha256, HashId.Sha384, HashId.Sha512, HashId.Identity];

    public static byte[] Write(IReadOnlyList<HashId> hashes)
    {
        byte[] data = new byte[2 * hashes.Count];
        for (int i = 0; i < hashes.Count; i++) BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(2 * i), (ushort)hashes[i]);
        return data;
    }

    /// <summary>Those of ours that the peer announces; an octet left over is ignored.</summary>
    public static IReadOnlyList<HashId> Read(ReadOnlySpan<byte> data)
    {
        List<HashId> hashes = [];
        for (; data.Length >= 2; data = data[2..])
        {
            var hash = (HashId)BinaryPrimitives.ReadUInt16BigEndian(data);
            if (Ours.Contains(hash) && !hashes.Contains(hash)) hashes.Add(hash);
        }

        return hashes;
    }
}
