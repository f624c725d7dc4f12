using System.Security.Cryptography;

namespace Concentrator.Ike.Crypto;

/// <summary>
/// The SK payload with AES-CBC and an HMAC (RFC 7296 §3.14): the ICV covers the whole message before it, ciphertext included, and is
/// checked before anything is decrypted. Each IV is drawn anew, because CBC needs unpredictable ones.
/// </summary>
internal sealed class CbcHmacProtector : MessageProtector
{
    private const int AesBlock = 16;

    private readonly Aes _aes;
    private readonly IncrementalHash _hmac;
    private readonly IntegrityAlgorithm _integrity;
    private readonly IRandom _random;

    internal CbcHmacProtector(
        ReadOnlySpan<byte> encryptionKey, IntegrityAlgorithm integrity, ReadOnlySpan<byte> integrityKey, IRandom random)
    {
        _aes = Aes.Create();
        _aes.SetKey(encryptionKey);
        _hmac = IncrementalHash.CreateHMAC(integrity.Hash, integrityKey);
        _integrity = integrity;
        _random = random;
    }

    public override int IvLength => AesBlock;

    public override int IcvLength => _integrity.IcvOctets;

    public override int BlockLength => AesBlock;

    public override void Seal(Span<byte> message, int bodyOffset)
    {
        Span<byte> body = message[bodyOffset..];
        if (!HasWholeBlocks(body.Length))
            throw new ArgumentException("No room for the IV, whole blocks of padded plaintext and the ICV.", nameof(message));

        Span<byte> iv = body[..IvLength];
        Span<byte> text = body[IvLength..^IcvLength];
        _random.Fill(iv);
        _aes.EncryptCbc(text, iv, text, PaddingMode.None);

        Span<byte> mac = stackalloc byte[Prf.MaxOutputLength];
        Authenticate(message[..^IcvLength], mac).CopyTo(body[^IcvLength..]);
    }

    public override bool TryOpen(Span<byte> message, int bodyOffset, out int plaintextOffset, out int plaintextLength)
    {
        plaintextOffset = plaintextLength = 0;
        if (bodyOffset < 0 || !HasWholeBlocks(message.Length - bodyOffset))
            return false;

        Span<byte> mac = stackalloc byte[Prf.MaxOutputLength];
        if (!CryptographicOperations.FixedTimeEquals(Authenticate(message[..^IcvLength], mac), message[^IcvLength..]))
            return false;

        Span<byte> body = message[bodyOffset..];
        Span<byte> text = body[IvLength..^IcvLength];
        _aes.DecryptCbc(text, body[..IvLength], text, PaddingMode.None);
        if (!TryRemovePadding(text, out plaintextLength))
            return false;

        plaintextOffset = bodyOffset + IvLength;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;

        _aes.Dispose();
        _hmac.Dispose();
    }

    private bool HasWholeBlocks(int bodyLength)
    {
        int text = bodyLength - IvLength - IcvLength;
        return text >= AesBlock && text % AesBlock == 0;
    }

    /// <summary>The truncated HMAC, in <paramref name="buffer"/>.</summary>
    private ReadOnlySpan<byte> Authenticate(ReadOnlySpan<byte> data, Span<byte> buffer)
    {
        _hmac.AppendData(data);
        _hmac.GetHashAndReset(buffer);
        return buffer[..IcvLength];
    }
}
