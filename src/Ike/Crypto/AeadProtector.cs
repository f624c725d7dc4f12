using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Concentrator.Ike.Crypto;

/// <summary>
/// The SK payload with an AEAD (RFC 5282): nonce = salt | IV, associated data = all before the IV. The IV is the
/// session's incarnation, 16 bits, and a counter: it never repeats under its key. Who takes the SA over has the next incarnation, so neither it nor the one that
/// was given up for dead can use an IV of the other. Allocates nothing once built.
/// </summary>
internal abstract class AeadProtector : MessageProtector
{
    private const int NonceLength = 12;
    private const int CounterBits = 48;

    private readonly byte[] _salt;
    private readonly int _icvLength;
    private readonly ushort _incarnation;

    private protected AeadProtector(EncryptionAlgorithm algorithm, ReadOnlySpan<byte> encryptionKey, ushort incarnation)
    {
        _salt = encryptionKey[^algorithm.SaltOctets..].ToArray();
        _icvLength = algorithm.IcvOctets;
        _incarnation = incarnation;
        NextIv = (ulong)incarnation << CounterBits;
    }

    internal ulong NextIv { get; set; }

    public sealed override int IvLength => sizeof(ulong);

    public sealed override int IcvLength => _icvLength;

    public sealed override int BlockLength => 1;

    public sealed override void Seal(Span<byte> message, int bodyOffset)
    {
        Span<byte> body = message[bodyOffset..];
        if (body.Length <= IvLength + IcvLength)
            throw new ArgumentException("No room for the IV, a Pad Length octet and the ICV.", nameof(message));

        if (NextIv >> CounterBits != _incarnation) throw new InvalidOperationException("All IVs of this incarnation are used up.");
        Span<byte> nonce = stackalloc byte[NonceLength];
        BinaryPrimitives.WriteUInt64BigEndian(body, NextIv++);
        WriteNonce(body[..IvLength], nonce);
        Encrypt(nonce, body[IvLength..^IcvLength], body[^IcvLength..], message[..bodyOffset]);
    }

    public sealed override bool TryOpen(Span<byte> message, int bodyOffset, out int plaintextOffset, out int plaintextLength)
    {
        plaintextOffset = plaintextLength = 0;
        if (bodyOffset < 0 || message.Length - bodyOffset <= IvLength + IcvLength)
            return false;

        Span<byte> body = message[bodyOffset..];
        Span<byte> text = body[IvLength..^IcvLength];
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteNonce(body[..IvLength], nonce);
        try
        {
            Decrypt(nonce, text, body[^IcvLength..], message[..bodyOffset]);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        if (!TryRemovePadding(text, out plaintextLength))
            return false;

        plaintextOffset = bodyOffset + IvLength;
        return true;
    }

    protected override void Dispose(bool disposing) => CryptographicOperations.ZeroMemory(_salt);

    private protected abstract void Encrypt(
        ReadOnlySpan<byte> nonce, Span<byte> text, Span<byte> icv, ReadOnlySpan<byte> associatedData);

    /// <exception cref="AuthenticationTagMismatchException">The ICV is not the message's; the text is cleared.</exception>
    private protected abstract void Decrypt(
        ReadOnlySpan<byte> nonce, Span<byte> text, ReadOnlySpan<byte> icv, ReadOnlySpan<byte> associatedData);

    private void WriteNonce(ReadOnlySpan<byte> iv, Span<byte> nonce)
    {
        _salt.CopyTo(nonce);
        iv.CopyTo(nonce[_salt.Length..]);
    }
}
