using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Concentrator.Ike;
using Google.Protobuf;

namespace Concentrator.Actors.Store.Bodies;

/// <summary>Keys on their way into a body and out of it: protobuf's octets cannot be zeroed by their own means, and must be.</summary>
internal static class SecretOctets
{
    /// <summary>With an array of its own; see <see cref="ZeroKeys"/>.</summary>
    public static ByteString Write(Secret secret) => UnsafeByteOperations.UnsafeWrap(secret.Span.ToArray());

    /// <summary>The caller owns the result.</summary>
    public static Secret Read(ByteString octets) => new(octets.Span);

    /// <summary>Nobody may use the octets afterwards.</summary>
    public static void Zero(ByteString octets)
    {
        if (octets.Length > 0 && MemoryMarshal.TryGetArray(octets.Memory, out ArraySegment<byte> array)) CryptographicOperations.ZeroMemory(array.AsSpan());
    }

    /// <summary>All keys of a body, wherever they are in it.</summary>
    public static void ZeroKeys(StoredSession stored)
    {
        if (stored.Session is not { } session) return;
        Zero(session.Current);
        foreach (Generation replaced in session.Replaced) Zero(replaced);
        Zero(session.RekeyByPeer?.Made);
        Zero(session.Rekey?.KeyExchange);
        foreach (Child child in session.Children)
        {
            Zero(child.Offer?.KeyExchange);
            if (child.Parameters?.Keys is not { } keys) continue;
            foreach (ByteString key in (ByteString[])[keys.EncryptionInitiator, keys.IntegrityInitiator, keys.EncryptionResponder, keys.IntegrityResponder]) Zero(key);
        }
    }

    private static void Zero(Generation? generation)
    {
        if (generation is null) return;
        if (generation.HasPeerCrashToken) Zero(generation.PeerCrashToken);
        if (generation.Keys is not { } keys) return;
        foreach (ByteString key in (ByteString[])[keys.D, keys.Ai, keys.Ar, keys.Ei, keys.Er, keys.Pi, keys.Pr]) Zero(key);
    }

    private static void Zero(KeyExchange? exchange)
    {
        if (exchange is not null) Zero(exchange.PrivateValue);
    }
}
