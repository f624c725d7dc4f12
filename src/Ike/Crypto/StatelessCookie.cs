using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Concentrator.Ike.Crypto;

/// <summary>
/// The responder's stateless cookie (RFC 7296 §2.6): version octet | the first 16 octets of HMAC-SHA-256(secret, SPIi | IPi | Ni).
/// The port stays out, so that a NAT that moves the initiator between its two tries costs no further round. The current and the
/// previous secret are accepted; whoever owns this rotates it on a period. Mint and Verify allocate nothing. Not thread-safe.
/// </summary>
public sealed class StatelessCookie : IDisposable
{
    /// <summary>Octets of a cookie; RFC 7296 §2.6 allows 1 to 64.</summary>
    public const int Length = 1 + MacLength;

    public const int SecretLength = 32;

    private const int MacLength = 16;

    // RFC 7296 §2.10
    private const int MinNonceLength = 16;
    private const int MaxNonceLength = 256;

    private byte _version;
    private Secret _current;
    private Secret? _previous;

    /// <summary>Takes ownership of <paramref name="secret"/>.</summary>
    /// <param name="version">Names the secret; those before and after it have the numbers before and after, modulo 256.</param>
    /// <param name="secret">At least <see cref="SecretLength"/> octets.</param>
    /// <exception cref="ArgumentException">The secret is too short.</exception>
    public StatelessCookie(byte version, Secret secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        if (secret.Length < SecretLength)
            throw new ArgumentException($"A cookie secret has at least {SecretLength} octets.", nameof(secret));

        _version = version;
        _current = secret;
    }

    /// <summary>Writes <see cref="Length"/> octets for an IKE_SA_INIT request. False when its nonce is not 16 to 256 octets long.</summary>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public bool TryMint(ReadOnlySpan<byte> nonceI, IPAddress address, ulong spiI, Span<byte> destination)
    {
        if (nonceI.Length is < MinNonceLength or > MaxNonceLength)
            return false;

        destination[0] = _version;
        Authenticate(_current, nonceI, address, spiI, destination[1..Length]);
        return true;
    }

    /// <summary>
    /// True when the cookie was minted for this request under the current or the previous secret. Never throws for what a peer sent.
    /// </summary>
    public bool Verify(ReadOnlySpan<byte> cookie, ReadOnlySpan<byte> nonceI, IPAddress address, ulong spiI)
    {
        if (cookie.Length != Length || nonceI.Length is < MinNonceLength or > MaxNonceLength)
            return false;

        Secret? secret = cookie[0] == _version ? _current : cookie[0] == (byte)(_version - 1) ? _previous : null;
        if (secret is null)
            return false;

        Span<byte> expected = stackalloc byte[MacLength];
        Authenticate(secret, nonceI, address, spiI, expected);
        return CryptographicOperations.FixedTimeEquals(expected, cookie[1..]);
    }

    /// <summary>Draws a new secret. Cookies of the one before stay valid until the next rotation.</summary>
    public void Rotate(IRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);

        Span<byte> fresh = stackalloc byte[SecretLength];
        random.Fill(fresh);
        _previous?.Dispose();
        _previous = _current;
        _current = new Secret(fresh);
        _version++;
        CryptographicOperations.ZeroMemory(fresh);
    }

    public void Dispose()
    {
        _current.Dispose();
        _previous?.Dispose();
    }

    /// <summary>The fields of fixed length come first, so that no two requests give the same octets.</summary>
    private static void Authenticate(Secret secret, ReadOnlySpan<byte> nonceI, IPAddress address, ulong spiI, Span<byte> mac)
    {
        const int addressOffset = sizeof(ulong);
        const int nonceOffset = addressOffset + 16;

        Span<byte> octets = stackalloc byte[nonceOffset + MaxNonceLength];
        BinaryPrimitives.WriteUInt64BigEndian(octets, spiI);
        WriteAsIPv6(address, octets[addressOffset..nonceOffset]);
        nonceI.CopyTo(octets[nonceOffset..]);

        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret.Span, octets[..(nonceOffset + nonceI.Length)], whole);
        whole[..mac.Length].CopyTo(mac);
    }

    /// <summary>An IPv4 address as ::ffff:a.b.c.d, so that both forms of it give the same cookie.</summary>
    private static void WriteAsIPv6(IPAddress address, Span<byte> octets)
    {
        octets.Clear();
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            octets[10..12].Fill(0xFF);
            address.TryWriteBytes(octets[12..], out _);
            return;
        }

        address.TryWriteBytes(octets, out _);
    }
}
