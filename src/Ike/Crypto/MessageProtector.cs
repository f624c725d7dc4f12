namespace Concentrator.Ike.Crypto;

/// <summary>
/// Protects one direction of one IKE SA with the SK payload's layout (RFC 7296 §3.14, RFC 5282): prefix | IV | ciphertext | ICV,
/// where the prefix is all from the IKE header to the SK payload's generic header. Works in place, allocates nothing.
/// Owned by one IKE SA, not thread-safe. Never uses an IV twice.
/// </summary>
public abstract partial class MessageProtector : IDisposable
{
    public abstract int IvLength { get; }

    public abstract int IcvLength { get; }

    /// <summary>The plaintext, with padding and the Pad Length octet, must be a multiple of this (1 for AEAD).</summary>
    public abstract int BlockLength { get; }

    /// <summary>
    /// Encrypts in place. <paramref name="message"/> is the whole IKE message with its final lengths in place; from
    /// <paramref name="bodyOffset"/> it holds room for the IV, the padded plaintext, and room for the ICV.
    /// </summary>
    public abstract void Seal(Span<byte> message, int bodyOffset);

    /// <summary>
    /// Verifies, then decrypts in place. False (nothing changed that matters) when the length cannot be, or the ICV does not match;
    /// true with the place of the plaintext, padding removed. A padding longer than the plaintext is also false.
    /// </summary>
    public abstract bool TryOpen(Span<byte> message, int bodyOffset, out int plaintextOffset, out int plaintextLength);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
