using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Concentrator.Actors.Routing;
using Concentrator.Ike;

namespace Concentrator.Actors.Store;

/// <summary>Why a row cannot be used. Also the label of the metric that counts them.</summary>
internal enum BadRow
{
    /// <summary>A newer program wrote it.</summary>
    NewerVersion,

    /// <summary>Its key is not on our ring.</summary>
    UnknownKey,

    /// <summary>It is not what was written under this key for this session and revision.</summary>
    Tampered,

    /// <summary>It opens, and makes no sense.</summary>
    Unreadable,

    /// <summary>It was put back: what is inside has had a later owner than the row says.</summary>
    Stale,

    /// <summary>It names a connection or child that the configuration does not have any more.</summary>
    Unconfigured,

    /// <summary>It has changed hands 65,535 times: another take-over would repeat IVs.</summary>
    Exhausted,
}

/// <summary>
/// Encrypts and opens the bodies of rows: AES-256-GCM, bound to session, shard, revision, version and key id, so that no body fits another row. Each session has a key
/// of its own derived from the ring's, so random nonces cannot meet. Safe from any thread; owns the ring.
/// </summary>
/// <remarks>Octets: nonce (12), tag (16), ciphertext.</remarks>
internal sealed class SessionVault(KeyRing ring) : IDisposable
{
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int Overhead = NonceLength + TagLength;

    public SealedBody Seal(SessionId session, long revision, short version, ReadOnlySpan<byte> body)
    {
        byte[] octets = new byte[Overhead + body.Length];
        Span<byte> nonce = octets.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using AesGcm cipher = CipherFor(session, ring.Find(ring.Newest)!);
        cipher.Encrypt(nonce, body, octets.AsSpan(Overhead), octets.AsSpan(NonceLength, TagLength), Bind(session, revision, version, ring.Newest));
        return new SealedBody(ring.Newest, version, octets);
    }

    /// <summary>The body in clear, which the caller zeroes; or null, and why.</summary>
    public byte[]? Open(SessionId session, long revision, in SealedBody body, out BadRow bad)
    {
        bad = BadRow.UnknownKey;
        if (ring.Find(body.KeyId) is not { } key) return null;
        bad = BadRow.Tampered;
        if (body.Octets.Length < Overhead) return null;
        byte[] clear = new byte[body.Octets.Length - Overhead];
        using AesGcm cipher = CipherFor(session, key);
        try
        {
            cipher.Decrypt(
                body.Octets.AsSpan(0, NonceLength), body.Octets.AsSpan(Overhead), body.Octets.AsSpan(NonceLength, TagLength), clear,
                Bind(session, revision, body.Version, body.KeyId));
            return clear;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    public void Dispose() => ring.Dispose();

    private static AesGcm CipherFor(SessionId session, Secret key)
    {
        Span<byte> name = stackalloc byte[8], own = stackalloc byte[HMACSHA256.HashSizeInBytes];
        BinaryPrimitives.WriteUInt64BigEndian(name, session.Value);
        HMACSHA256.HashData(key.Span, name, own);
        AesGcm cipher = new(own, TagLength);
        CryptographicOperations.ZeroMemory(own);
        return cipher;
    }

    private static byte[] Bind(SessionId session, long revision, short version, string keyId)
    {
        byte[] bound = new byte[8 + 1 + 8 + 2 + Encoding.UTF8.GetByteCount(keyId)];
        BinaryPrimitives.WriteUInt64BigEndian(bound, session.Value);
        bound[8] = session.Shard;
        BinaryPrimitives.WriteInt64BigEndian(bound.AsSpan(9), revision);
        BinaryPrimitives.WriteInt16BigEndian(bound.AsSpan(17), version);
        Encoding.UTF8.GetBytes(keyId, bound.AsSpan(19));
        return bound;
    }
}
