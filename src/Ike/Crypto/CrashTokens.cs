using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Concentrator.Ike.Crypto;

/// <summary>
/// The tokens of quick crash detection as their maker (RFC 6290 §5.1): a keyed function of an IKE SA's SPIs, so that a gateway that has forgotten an IKE SA can
/// prove it. The secret must outlive the gateway. Owns the secret; safe from any thread.
/// </summary>
/// <remarks>
/// The SPIs go in as the maker's own and the peer's, not as initiator's and responder's. Else whoever turns the I flag of a message round, so that the peer's SPI
/// is looked up as ours and not found, would be told the token of an IKE SA that lives.
/// </remarks>
public sealed class CrashTokens(Secret secret) : IDisposable
{
    /// <summary>RFC 6290 §4.1: at least 16 octets. No more, so that the answer is about as long as what it answers.</summary>
    public const int Length = 16;

    /// <summary>RFC 6290 §4.1: what a peer may send.</summary>
    public const int MaxLength = 128;

    private const int InputLength = 2 * sizeof(ulong);

    public const int SecretLength = 32;

    /// <summary>Writes <see cref="Length"/> octets. Allocates nothing.</summary>
    public void Write(ulong localSpi, ulong remoteSpi, Span<byte> token)
    {
        Span<byte> input = stackalloc byte[InputLength];
        BinaryPrimitives.WriteUInt64BigEndian(input, localSpi);
        BinaryPrimitives.WriteUInt64BigEndian(input[sizeof(ulong)..], remoteSpi);
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret.Span, input, digest);
        digest[..Length].CopyTo(token);
        CryptographicOperations.ZeroMemory(digest);
    }

    public void Dispose() => secret.Dispose();
}
