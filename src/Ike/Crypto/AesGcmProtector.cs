using System.Security.Cryptography;

namespace Concentrator.Ike.Crypto;

/// <summary>AES-GCM with a 16-octet ICV (RFC 5282 §3).</summary>
internal sealed class AesGcmProtector(EncryptionAlgorithm algorithm, ReadOnlySpan<byte> encryptionKey, ushort incarnation)
    : AeadProtector(algorithm, encryptionKey, incarnation)
{
    private readonly AesGcm _cipher = new(encryptionKey[..^algorithm.SaltOctets], algorithm.IcvOctets);

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
