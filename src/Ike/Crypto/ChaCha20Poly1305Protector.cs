using System.Security.Cryptography;

namespace Concentrator.Ike.Crypto;

/// <summary>ChaCha20-Poly1305 (RFC 7634 §2).</summary>
internal sealed class ChaCha20Poly1305Protector(EncryptionAlgorithm algorithm, ReadOnlySpan<byte> encryptionKey, ushort incarnation)
    : AeadProtector(algorithm, encryptionKey, incarnation)
{
    private readonly ChaCha20Poly1305 _cipher = new(encryptionKey[..^algorithm.SaltOctets]);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _cipher.Dispose();
        base.Dispose(disposing);
    }

    private protected override void Encrypt(
        ReadOnlySpan<byte> nonce, Span<byte> text, Span<byte> icv, ReadOnlySpan<byte> associatedData) =>
        _cipher.Encrypt(nonce, text, text, icv, associatedData);

    private protected override void Decrypt(
        ReadOnlySpan<byte> nonce, Span<byte> text, ReadOnlySpan<byte> icv, ReadOnlySpan<byte> associatedData) =>
        _cipher.Decrypt(nonce, text, icv, text, associatedData);
}
