using System.Collections.Concurrent;
using Concentrator.Ike.Crypto.Groups;

namespace Concentrator.Ike.Crypto.Native;

/// <summary>
/// Diffie-Hellman modulo a prime, in constant time. What is precomputed for a modulus is made once and lives as long as the process.
/// </summary>
internal sealed class LibCryptoModp : IPrivateValue
{
    private static readonly ConcurrentDictionary<ModpGroup, Modulus> Moduli = new();

    private readonly Modulus _modulus;
    private readonly BigNumHandle _exponent;

    internal LibCryptoModp(ModpGroup group, ReadOnlySpan<byte> privateValue)
    {
        _modulus = Moduli.GetOrAdd(group, static g => new Modulus(g.Prime));
        _exponent = BigNum.FromSecret(privateValue);
    }

    public void WritePublicValue(Span<byte> destination) => Raise([2], destination);

    public bool TryAgree(ReadOnlySpan<byte> peerPublicValue, Span<byte> sharedSecret)
    {
        Raise(peerPublicValue, sharedSecret);
        return true;
    }

    public void Dispose() => _exponent.Dispose();

    private void Raise(ReadOnlySpan<byte> basis, Span<byte> power)
    {
        using BigNumHandle a = BigNum.From(basis);
        using BigNumHandle result = BigNum.New();
        using BigNumContextHandle scratch = Modulus.NewScratch();
        LibCrypto.Check(
            LibCrypto.BN_mod_exp_mont_consttime(result, a, _exponent, _modulus.Prime, scratch, _modulus.Montgomery) == 1,
            nameof(LibCrypto.BN_mod_exp_mont_consttime));
        BigNum.Write(result, power);
    }

    private sealed class Modulus
    {
        internal Modulus(ReadOnlySpan<byte> prime)
        {
            Prime = BigNum.From(prime);
            Montgomery = LibCrypto.Check(LibCrypto.BN_MONT_CTX_new(), nameof(LibCrypto.BN_MONT_CTX_new));
            using BigNumContextHandle scratch = NewScratch();
            LibCrypto.Check(LibCrypto.BN_MONT_CTX_set(Montgomery, Prime, scratch) == 1, nameof(LibCrypto.BN_MONT_CTX_set));
        }

        internal BigNumHandle Prime { get; }

        internal MontgomeryHandle Montgomery { get; }

        internal static BigNumContextHandle NewScratch() =>
            LibCrypto.Check(LibCrypto.BN_CTX_secure_new(), nameof(LibCrypto.BN_CTX_secure_new));
    }
}
