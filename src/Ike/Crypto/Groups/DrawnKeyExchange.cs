using System.Security.Cryptography;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto.Groups;

/// <summary>
/// A key exchange whose private value was drawn from an <see cref="IRandom"/> and computed on by one provider.
/// Owned by the exchange that sends the KE payload, which disposes it once the secret is known. Not thread-safe.
/// </summary>
internal sealed class DrawnKeyExchange : IKeyExchange
{
    private const int MaxDraws = 128;

    private readonly KeyExchangeGroup _group;
    private readonly IPrivateValue _privateValue;
    private readonly byte[] _publicValue;

    private DrawnKeyExchange(KeyExchangeGroup group, IKeyExchangeProvider provider, ReadOnlySpan<byte> octets)
    {
        _group = group;
        _privateValue = group.Import(provider, octets);
        PrivateValue = new Secret(octets);
        _publicValue = new byte[group.PublicLength];
        _privateValue.WritePublicValue(_publicValue);
    }

    public KeyExchangeMethod Method => _group.Method;

    public ReadOnlyMemory<byte> PublicValue => _publicValue;

    public Secret PrivateValue { get; }

    /// <exception cref="CryptographicException">The source of randomness yields no usable private value.</exception>
    public static DrawnKeyExchange Draw(KeyExchangeGroup group, IKeyExchangeProvider provider, IRandom random)
    {
        Span<byte> candidate = stackalloc byte[group.PrivateLength];
        try
        {
            for (int draw = 0; draw < MaxDraws; draw++)
            {
                random.Fill(candidate);
                if (group.IsPrivateValue(candidate))
                    return new DrawnKeyExchange(group, provider, candidate);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(candidate);
        }

        throw new CryptographicException($"{MaxDraws} draws gave no private value for {group.Method}.");
    }

    /// <summary>Null where these octets are no private value of the group.</summary>
    public static DrawnKeyExchange? Import(KeyExchangeGroup group, IKeyExchangeProvider provider, ReadOnlySpan<byte> octets) =>
        octets.Length == group.PrivateLength && group.IsPrivateValue(octets) ? new DrawnKeyExchange(group, provider, octets) : null;

    public Secret? Agree(ReadOnlySpan<byte> peerPublicValue)
    {
        if (!_group.IsPublicValue(peerPublicValue))
            return null;

        Span<byte> shared = stackalloc byte[_group.SharedLength];
        try
        {
            // RFC 7748 §6.1, RFC 8031 §3.1: a result of all zeros (a point of small order) is no secret.
            bool usable = _privateValue.TryAgree(peerPublicValue, shared) && shared.ContainsAnyExcept((byte)0);
            return usable ? new Secret(shared) : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(shared);
        }
    }

    public void Dispose()
    {
        _privateValue.Dispose();
        PrivateValue.Dispose();
    }
}
