namespace Concentrator.Ike.Crypto.Groups;

/// <summary>A provider's form of one private value. Owned by its <see cref="DrawnKeyExchange"/>; wiped on dispose.</summary>
internal interface IPrivateValue : IDisposable
{
    /// <summary>Fills <paramref name="destination"/>, which has the group's <see cref="KeyExchangeGroup.PublicLength"/>.</summary>
    void WritePublicValue(Span<byte> destination);

    /// <summary>
    /// Fills <paramref name="sharedSecret"/> (<see cref="KeyExchangeGroup.SharedLength"/>). The peer's value has the right length and range
    /// already; false when it is no point of the curve, or the result is the neutral element.
    /// </summary>
    bool TryAgree(ReadOnlySpan<byte> peerPublicValue, Span<byte> sharedSecret);
}
