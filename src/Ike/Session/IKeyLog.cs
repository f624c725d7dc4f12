using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;

namespace Concentrator.Ike.Session;

/// <summary>
/// Is told the keys of all SAs, for people who decrypt what they have captured of their own traffic. Absent unless an operator asked for it. Called on the
/// threads of actors; it copies what it keeps, as the keys are zeroed by their owners.
/// </summary>
public interface IKeyLog
{
    /// <summary>An IKE SA has keys, before the first message that they protect is sent or read.</summary>
    void AddIkeSa(ulong spiI, ulong spiR, IkeSuite suite, IkeKeys keys);

    /// <summary>A pair of ESP SAs is to be installed, of which ours has this SPI.</summary>
    void AddChildSa(ChildSaParameters child, uint inboundSpi);
}
