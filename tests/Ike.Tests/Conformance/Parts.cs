using Concentrator.Ike.Tests.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Conformance;

/// <summary>What good messages are made of.</summary>
internal static class Parts
{
    public static NoncePayload Nonce { get; } = new(new SeededRandom(5).Octets(32));

    /// <summary>A further child, the same as the first: IKEv2 allows it (RFC 7296 §2.8).</summary>
    public static Payload[] Child { get; } = [HandmadeInitiator.EspOffer, Nonce, HandmadeInitiator.TsI, HandmadeInitiator.TsR];
}
