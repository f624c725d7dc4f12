using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Wire;

/// <summary>Each mandatory payload left out, each single one doubled (the classes of CVE-2013-6467 and its like).</summary>
public sealed class PayloadRulesTests
{
    private static readonly Payload Sa = new SaPayload([ProposalParser.ParseEsp("aes128gcm16", 1).WithSpi(0xc0000001)]);
    private static readonly Payload IkeSa = new SaPayload([ProposalParser.ParseIke("aes128gcm16-prfsha256-x25519", 1)]);
    private static readonly Payload Ke = new KePayload(KeyExchangeMethod.Curve25519, Golden.Octets(32));
    private static readonly Payload Nonce = new NoncePayload(Golden.Octets(32));
    private static readonly Payload IdI = IdPayload.Create(PayloadType.IdentificationInitiator, Identity.Parse("moon"));
    private static readonly Payload Auth = new AuthPayload(AuthMethod.SharedKeyMic, Golden.Octets(32));
    private static readonly Payload TsI = new TsPayload(PayloadType.TrafficSelectorInitiator, [TrafficSelector.Parse("10.1.0.0/24")]);
    private static readonly Payload TsR = new TsPayload(PayloadType.TrafficSelectorResponder, [TrafficSelector.Parse("10.2.0.0/24")]);
    private static readonly Payload Error = new NotifyPayload(NotifyType.NoProposalChosen);

    [Fact]
    public void Init_needs_one_sa_one_ke_one_nonce()
    {
        AssertEachNeeded(ExchangeType.IkeSaInit, false, [IkeSa, Ke, Nonce]);
        AssertEachSingle(ExchangeType.IkeSaInit, false, [IkeSa, Ke, Nonce]);
        Assert.True(Check(ExchangeType.IkeSaInit, true, Error));
        Assert.False(Check(ExchangeType.IkeSaInit, false, Error));
    }

    [Fact]
    public void Auth_needs_an_identity_and_a_whole_child_or_none()
    {
        Payload[] whole = [IdI, Auth, Sa, TsI, TsR];
        Assert.True(Check(ExchangeType.IkeAuth, false, whole));
        Assert.True(Check(ExchangeType.IkeAuth, false, IdI, Auth));
        AssertEachSingle(ExchangeType.IkeAuth, false, whole);
        foreach (Payload missing in new[] { IdI, Sa, TsI, TsR })
            Assert.False(Check(ExchangeType.IkeAuth, false, [.. whole.Where(p => p != missing)]));
        Assert.False(Check(ExchangeType.IkeAuth, false, [.. whole, Ke]));
        Assert.True(Check(ExchangeType.IkeAuth, true, new NotifyPayload(NotifyType.AuthenticationFailed)));
    }

    [Fact]
    public void Create_child_needs_sa_nonce_and_both_selectors_unless_it_rekeys_the_ike_sa()
    {
        Payload[] whole = [Sa, Nonce, TsI, TsR];
        AssertEachNeeded(ExchangeType.CreateChildSa, false, whole);
        AssertEachSingle(ExchangeType.CreateChildSa, false, [.. whole, Ke]);
        Assert.True(Check(ExchangeType.CreateChildSa, false, IkeSa, Nonce, Ke));
        Assert.False(Check(ExchangeType.CreateChildSa, false, IkeSa, Nonce));
        Assert.True(Check(ExchangeType.CreateChildSa, true, Error));
    }

    [Fact]
    public void Informational_may_be_empty_and_holds_no_negotiation()
    {
        Assert.True(Check(ExchangeType.Informational, false));
        Assert.True(Check(ExchangeType.Informational, false, new DeletePayload(ProtocolId.Esp, [1]), Error, Error));
        Assert.False(Check(ExchangeType.Informational, false, Sa));
    }

    private static void AssertEachNeeded(ExchangeType exchange, bool isResponse, Payload[] whole)
    {
        Assert.True(Check(exchange, isResponse, whole));
        foreach (Payload missing in whole) Assert.False(Check(exchange, isResponse, [.. whole.Where(p => p != missing)]), missing.Type.ToString());
    }

    private static void AssertEachSingle(ExchangeType exchange, bool isResponse, Payload[] whole)
    {
        foreach (Payload doubled in whole) Assert.False(Check(exchange, isResponse, [.. whole, doubled]), doubled.Type.ToString());
    }

    private static bool Check(ExchangeType exchange, bool isResponse, params Payload[] payloads) =>
        PayloadRules.Check(exchange, isResponse, new IkeMessage(Golden.Header(exchange, isResponse ? IkeFlags.Response : IkeFlags.None), payloads));
}
