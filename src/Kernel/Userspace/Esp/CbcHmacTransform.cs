using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Concentrator.Kernel.Userspace;

/// <summary>AES-CBC (RFC 3602) with HMAC-SHA-2 (RFC 4868): encrypt, then authenticate.</summary>
internal sealed class CbcHmacTransform : EspTransform
{
    private const int BlockSize = 16;
    private const int LargestHash = 64;

    private readonly CipherContext _cipher;
    private readonly IncrementalHash _hmac;
    private readonly bool _extended;

    /// <summary>Random octets for the next IVs: the system's generator is asked for many at once.</summary>
    private readonly byte[] _ivs = new byte[BlockSize * 32];
    private int _nextIv;

    private CbcHmacTransform(CipherContext cipher, IncrementalHash hmac, int icvSize, bool extended)
        : base(BlockSize, icvSize, BlockSize)
    {
        _cipher = cipher;
        _hmac = hmac;
        _extended = extended;
        _nextIv = _ivs.Length;
    }

    public static CbcHmacTransform? Create(
        nint cipher, ReadOnlySpan<byte> key, HashAlgorithmName hash, ReadOnlySpan<byte> integrityKey, int icvSize, bool extended, bool encrypt) =>
        CipherContext.Create(cipher, key, encrypt) is { } context
            ? new CbcHmacTransform(context, IncrementalHash.CreateHMAC(hash, integrityKey), icvSize, extended)
            : null;

    public override bool TrySeal(Span<byte> packet, ulong sequence)
    {
        Span<byte> iv = packet.Slice(HeaderSize, BlockSize);
        DrawIv(iv);
        if (!_cipher.TransformCbc(iv, packet[Front..^IcvSize])) return false;
        Span<byte> hash = stackalloc byte[LargestHash];
        Authenticate(packet[..^IcvSize], sequence, hash);
        hash[..IcvSize].CopyTo(packet[^IcvSize..]);
        return true;
    }

    public override bool TryOpen(Span<byte> packet, ulong sequence)
    {
        Span<byte> hash = stackalloc byte[LargestHash];
        Authenticate(packet[..^IcvSize], sequence, hash);
        // RFC 4303 §3.4.4.1: nothing is decrypted of what is not authentic.
        return CryptographicOperations.FixedTimeEquals(hash[..IcvSize], packet[^IcvSize..])
            && _cipher.TransformCbc(packet.Slice(HeaderSize, BlockSize), packet[Front..^IcvSize]);
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        _cipher.Dispose();
        _hmac.Dispose();
        CryptographicOperations.ZeroMemory(_ivs);
    }

    /// <summary>RFC 4303 §2.8: with ESN the upper half is authenticated behind the packet, but not sent.</summary>
    private void Authenticate(ReadOnlySpan<byte> authentic, ulong sequence, Span<byte> hash)
    {
        _hmac.AppendData(authentic);
        if (_extended)
        {
            Span<byte> high = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(high, (uint)(sequence >> 32));
            _hmac.AppendData(high);
        }

        _hmac.GetHashAndReset(hash);
    }

    /// <summary>RFC 3602 §3: chosen at random, not to be foreseen.</summary>
    private void DrawIv(Span<byte> iv)
    {
        if (_nextIv == _ivs.Length)
        {
            RandomNumberGenerator.Fill(_ivs);
            _nextIv = 0;
        }

        _ivs.AsSpan(_nextIv, BlockSize).CopyTo(iv);
        _nextIv += BlockSize;
    }
}
