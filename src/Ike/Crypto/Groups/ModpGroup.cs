using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto.Groups;

/// <summary>
/// A MODP group of RFC 3526: p is a safe prime, the generator 2. Values and secrets are left-padded to the modulus length (RFC 7296 §2.14).
/// Private exponents are short: twice the strength that RFC 3526 §8 gives the group, which is safe because p is a safe prime.
/// </summary>
internal sealed class ModpGroup : KeyExchangeGroup
{
    public static readonly ModpGroup Modp2048 = new(KeyExchangeMethod.Modp2048, ModpPrimes.Modp2048, 256);
    public static readonly ModpGroup Modp3072 = new(KeyExchangeMethod.Modp3072, ModpPrimes.Modp3072, 256);
    public static readonly ModpGroup Modp4096 = new(KeyExchangeMethod.Modp4096, ModpPrimes.Modp4096, 320);

    private readonly byte[] _prime;

    private ModpGroup(KeyExchangeMethod method, string prime, int exponentBits)
        : base(method, exponentBits / 8, prime.Length / 2, prime.Length / 2) => _prime = Convert.FromHexString(prime);

    public ReadOnlySpan<byte> Prime => _prime;

    /// <summary>1 &lt; candidate: the exponents 0 and 1 would show themselves.</summary>
    public override bool IsPrivateValue(ReadOnlySpan<byte> candidate) =>
        candidate.Length == PrivateLength && IsAboveOne(candidate);

    // RFC 6989 §2.1: for groups with a safe prime 1 < y < p - 1 is enough. p is odd, so p - 1 differs from it in the last bit alone.
    public override bool IsPublicValue(ReadOnlySpan<byte> candidate)
    {
        if (candidate.Length != PublicLength || !IsAboveOne(candidate) || candidate.SequenceCompareTo(_prime) >= 0)
            return false;

        return !candidate[..^1].SequenceEqual(_prime.AsSpan()[..^1]) || candidate[^1] < _prime[^1] - 1;
    }

    public override IPrivateValue Import(IKeyExchangeProvider provider, ReadOnlySpan<byte> privateValue) =>
        provider.ImportModp(this, privateValue);

    private static bool IsAboveOne(ReadOnlySpan<byte> value) => value[..^1].ContainsAnyExcept((byte)0) || value[^1] > 1;
}
