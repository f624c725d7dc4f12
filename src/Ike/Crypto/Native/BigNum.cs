using System.Runtime.InteropServices;

namespace Concentrator.Ike.Crypto.Native;

/// <summary>Big-endian octets to <c>BIGNUM</c> and back.</summary>
internal static class BigNum
{
    internal static BigNumHandle New() => LibCrypto.Check(LibCrypto.BN_new(), nameof(LibCrypto.BN_new));

    internal static BigNumHandle From(ReadOnlySpan<byte> bytes) =>
        LibCrypto.Check(LibCrypto.BN_bin2bn(ref MemoryMarshal.GetReference(bytes), bytes.Length, 0), nameof(LibCrypto.BN_bin2bn));

    /// <summary>A number that libcrypto treats in constant time.</summary>
    internal static BigNumHandle FromSecret(ReadOnlySpan<byte> bytes)
    {
        BigNumHandle number = From(bytes);
        LibCrypto.BN_set_flags(number, LibCrypto.BN_FLG_CONSTTIME);
        return number;
    }

    /// <summary>Left-pads to the length of <paramref name="destination"/>.</summary>
    internal static void Write(BigNumHandle number, Span<byte> destination)
    {
        int written = LibCrypto.BN_bn2binpad(number, ref MemoryMarshal.GetReference(destination), destination.Length);
        LibCrypto.Check(written == destination.Length, nameof(LibCrypto.BN_bn2binpad));
    }
}
