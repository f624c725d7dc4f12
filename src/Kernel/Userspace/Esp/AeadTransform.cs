using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Concentrator.Kernel.Userspace;

/// <summary>AES-GCM (RFC 4106) and ChaCha20-Poly1305 (RFC 7634): a nonce of 4 octets of salt and the 8 of the IV.</summary>
internal sealed class AeadTransform : EspTransform
{
    public const int SaltSize = 4;

    private const int CounterIv = 8;
    private const int FullIcv = 16;
    private const int NonceSize = SaltSize + CounterIv;

    private readonly CipherContext _cipher;
    private readonly byte[] _salt;
    private readonly bool _extended;
    private readonly ulong _ivMask;

    private AeadTransform(CipherContext cipher, byte[] salt, bool extended)
        : base(CounterIv, FullIcv, alignment: 4)
    {
        _cipher = cipher;
        _salt = salt;
        _extended = extended;
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(new Span<ulong>(ref _ivMask)));
    }

    /// <param name="cipher">libcrypto's.</param>
    /// <param name="key">The key with the salt behind it; copied.</param>
    /// <param name="extended">Extended sequence numbers.</param>
    /// <param name="encrypt">The direction.</param>
    public static AeadTransform? Create(nint cipher, ReadOnlySpan<byte> key, bool extended, bool encrypt) =>
        CipherContext.Create(cipher, key[..^SaltSize], encrypt) is { } context ? new AeadTransform(context, key[^SaltSize..].ToArray(), extended) : null;

    /// <summary>
    /// RFC 4106 §3.1: the IV need only never repeat under a key, as the sequence number never does. The mask is drawn anew each time an SA is installed, so not even two nodes that
    /// send under one number, because one does not know yet that the SA is the other's, use an IV twice.
    /// </summary>
    public override bool TrySeal(Span<byte> packet, ulong sequence)
    {
        BinaryPrimitives.WriteUInt64BigEndian(packet[HeaderSize..], sequence ^ _ivMask);
        Span<byte> nonce = stackalloc byte[NonceSize], room = stackalloc byte[12];
        FillNonce(packet, nonce);
        return _cipher.EncryptAead(nonce, AssociatedData(packet, sequence, _extended, room), packet[Front..^FullIcv], packet[^FullIcv..]);
    }

    public override bool TryOpen(Span<byte> packet, ulong sequence)
    {
        Span<byte> nonce = stackalloc byte[NonceSize], room = stackalloc byte[12];
        FillNonce(packet, nonce);
        return _cipher.DecryptAead(nonce, AssociatedData(packet, sequence, _extended, room), packet[Front..^FullIcv], packet[^FullIcv..]);
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        _cipher.Dispose();
        CryptographicOperations.ZeroMemory(_salt);
    }

    private void FillNonce(ReadOnlySpan<byte> packet, Span<byte> nonce)
    {
        _salt.CopyTo(nonce);
        packet.Slice(HeaderSize, CounterIv).CopyTo(nonce[SaltSize..]);
    }
}
