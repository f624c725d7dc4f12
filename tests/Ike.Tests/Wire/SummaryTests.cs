using System.Text;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Wire;

/// <summary>What people read: message summaries and identities, in which nothing of a peer's octets is raw.</summary>
public sealed class SummaryTests
{
    [Fact]
    public void A_message_reads_as_in_other_daemons_logs() => Assert.Equal(
        "IKE_AUTH request 1 [ SA KE IDi IDr CERT CERTREQ AUTH No N(REKEY_SA) N(COOKIE) D D V TSi TSr CPRQ(ADDR DNS) EAP PLD_200 ]",
        new IkeMessage(Golden.Header(), Golden.EveryPayload).Summary);

    [Theory]
    [InlineData(ExchangeType.IkeSaInit, IkeFlags.Response, "IKE_SA_INIT response 7 [ N(NO_PROP) N(99) N(40000) ]")]
    [InlineData((ExchangeType)99, IkeFlags.None, "EXCHANGE_99 request 7 [ N(NO_PROP) N(99) N(40000) ]")]
    public void Numbers_stand_for_what_has_no_name(ExchangeType exchange, IkeFlags flags, string expected) => Assert.Equal(
        expected,
        new IkeMessage(
            Golden.Header(exchange, flags, 7),
            [new NotifyPayload(NotifyType.NoProposalChosen), new NotifyPayload((NotifyType)99), new NotifyPayload((NotifyType)40000)]).Summary);

    [Theory]
    [InlineData("192.0.2.1", IdType.Ipv4Address, "192.0.2.1")]
    [InlineData("2001:db8::1", IdType.Ipv6Address, "2001:db8::1")]
    [InlineData("@moon.example.org", IdType.Fqdn, "moon.example.org")]
    [InlineData("moon.example.org", IdType.Fqdn, "moon.example.org")]
    [InlineData("carol@example.org", IdType.Rfc822Address, "carol@example.org")]
    [InlineData("@@carol@example.org", IdType.Rfc822Address, "carol@example.org")]
    [InlineData("@#c0ffee00", IdType.KeyId, "c0ffee00")]
    [InlineData("keyid:alpha", IdType.KeyId, "alpha")]
    [InlineData("fqdn:10.0.0.1", IdType.Fqdn, "10.0.0.1")]
    public void Identities_are_read_and_shown(string text, IdType type, string shown)
    {
        Identity identity = Identity.Parse(text);
        Assert.Equal(type, identity.Type);
        Assert.Equal(shown, identity.ToString());
    }

    [Fact]
    public void A_distinguished_name_goes_there_and_back()
    {
        Identity identity = Identity.Parse("C=CH, O=Example, CN=moon");
        Assert.Equal(IdType.DerAsn1Dn, identity.Type);
        Assert.Contains("CN=moon", identity.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(IdType.Fqdn)]
    [InlineData(IdType.Rfc822Address)]
    [InlineData(IdType.KeyId)]
    [InlineData(IdType.DerAsn1Dn)]
    [InlineData(IdType.Ipv4Address)]
    [InlineData((IdType)200)]
    public void Whatever_a_peer_sends_a_log_line_stays_one_printable_line(IdType type)
    {
        byte[] hostile = [.. Encoding.UTF8.GetBytes("a\n[IKE] forged\u001b[31m"), 0, 0xff, 0xc3, (byte)'\'', (byte)'\\'];
        string shown = new Identity(type, hostile).ToString();
        Assert.All(shown, c => Assert.InRange(c, ' ', '~'));
    }
}
