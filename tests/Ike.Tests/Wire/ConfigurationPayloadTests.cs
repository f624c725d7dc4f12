using System.Net;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;
using Concentrator.Ike.Wire.Payloads;

namespace Concentrator.Ike.Tests.Wire;

/// <summary>Configuration payloads (RFC 7296 §3.15): every attribute there and back, cut anywhere, and with lengths that its type cannot have.</summary>
public sealed class ConfigurationPayloadTests
{
    private static readonly CpPayload Everything = new(
        ConfigurationType.Reply,
        [
            .. Enum.GetValues<ConfigurationAttributeType>().Select((type, i) => new ConfigurationAttribute(type, Golden.Octets(i))),
            .. Enum.GetValues<ConfigurationAttributeType>().Select(type => new ConfigurationAttribute(type, default)),
            new ConfigurationAttribute((ConfigurationAttributeType)0x7fff, Golden.Octets(300)),
        ]);

    [Theory]
    [InlineData(ConfigurationType.Request)]
    [InlineData(ConfigurationType.Reply)]
    [InlineData(ConfigurationType.Set)]
    [InlineData(ConfigurationType.Ack)]
    [InlineData((ConfigurationType)200)]
    public void Every_attribute_comes_back_as_it_was(ConfigurationType type)
    {
        CpPayload read = Read(Everything with { CfgType = type })!;
        Assert.Equal(type, read.CfgType);
        Assert.Equal(Everything.Attributes.Select(a => a.Type), read.Attributes.Select(a => a.Type));
        Assert.All(Everything.Attributes.Zip(read.Attributes), pair => Assert.Equal(pair.First.Value.ToArray(), pair.Second.Value.ToArray()));
    }

    [Fact]
    public void Cut_between_two_attributes_it_is_whole_and_anywhere_else_malformed()
    {
        byte[] body = Write(Everything);
        HashSet<int> ends = [4];
        int end = 4;
        foreach (ConfigurationAttribute attribute in Everything.Attributes) ends.Add(end += 4 + attribute.Value.Length);
        for (int length = 0; length <= body.Length; length++)
        {
            CpPayload? read = ConfigurationCodec.Read(body.AsSpan(0, length));
            Assert.Equal(ends.Contains(length), read is not null);
        }
    }

    [Fact]
    public void The_reserved_bit_and_the_reserved_octets_are_cleared_and_ignored()
    {
        byte[] body = [1, 0xff, 0xff, 0xff, 0x80, 1, 0, 0];
        CpPayload read = ConfigurationCodec.Read(body)!;
        Assert.Equal(ConfigurationAttributeType.InternalIp4Address, Assert.Single(read.Attributes).Type);
        Assert.Equal([1, 0, 0, 0, 0, 1, 0, 0], Write(read));
    }

    [Fact]
    public void An_attribute_that_claims_more_than_there_is_makes_the_payload_malformed() =>
        Assert.Null(ConfigurationCodec.Read([1, 0, 0, 0, 0, 1, 0xff, 0xff, 10, 0, 0, 1]));

    [Fact]
    public void Addresses_are_read_at_their_lengths_and_at_no_other()
    {
        for (int length = 0; length <= 40; length++)
        {
            ReadOnlyMemory<byte> octets = Golden.Octets(length);
            Assert.Equal(length is 0 or 4, new ConfigurationAttribute(ConfigurationAttributeType.InternalIp4Address, octets).Address is not null);
            Assert.Equal(length is 0 or 16 or 17, new ConfigurationAttribute(ConfigurationAttributeType.InternalIp6Address, octets).Address is not null);
            Assert.Equal(length is 4, new ConfigurationAttribute(ConfigurationAttributeType.InternalIp4Dns, octets).DnsServer is not null);
            Assert.Equal(length is 16, new ConfigurationAttribute(ConfigurationAttributeType.InternalIp6Dns, octets).DnsServer is not null);
            Assert.Null(new ConfigurationAttribute(ConfigurationAttributeType.InternalIp4Subnet, octets).Address);
        }
    }

    [Fact]
    public void A_prefix_longer_than_an_address_is_no_address()
    {
        byte[] value = [.. IPAddress.Parse("2001:db8::1").GetAddressBytes(), 129];
        Assert.Null(new ConfigurationAttribute(ConfigurationAttributeType.InternalIp6Address, value).Address);
    }

    [Theory]
    [InlineData("10.3.0.1", "0a030001")]
    [InlineData("2001:db8::1", "20010db800000000000000000000000180")]
    public void An_assigned_address_is_written_as_the_rfc_has_it(string address, string octets)
    {
        ConfigurationAttribute attribute = ConfigurationAttribute.Assign(IPAddress.Parse(address));
        Assert.Equal(octets, Convert.ToHexStringLower(attribute.Value.Span));
        Assert.Equal(IPAddress.Parse(address), attribute.Address);
    }

    [Theory]
    [InlineData("0.0.0.0", ConfigurationAttributeType.InternalIp4Address, 0)]
    [InlineData("::", ConfigurationAttributeType.InternalIp6Address, 0)]
    [InlineData("10.3.0.9", ConfigurationAttributeType.InternalIp4Address, 4)]
    [InlineData("2001:db8::9", ConfigurationAttributeType.InternalIp6Address, 17)]
    public void Asking_for_any_address_has_no_octets_and_suggesting_one_has_them(string address, ConfigurationAttributeType type, int length)
    {
        ConfigurationAttribute attribute = ConfigurationAttribute.Ask(IPAddress.Parse(address));
        Assert.Equal((type, length), (attribute.Type, attribute.Value.Length));
        Assert.Equal(IPAddress.Parse(address), attribute.Address);
    }

    [Theory]
    [InlineData("10.4.0.0/15", ConfigurationAttributeType.InternalIp4Subnet, "0a040000fffe0000")]
    [InlineData("0.0.0.0/0", ConfigurationAttributeType.InternalIp4Subnet, "0000000000000000")]
    [InlineData("2001:db8:1::/48", ConfigurationAttributeType.InternalIp6Subnet, "20010db800010000000000000000000030")]
    public void A_subnet_is_written_as_the_rfc_has_it(string network, ConfigurationAttributeType type, string octets) =>
        Assert.Equal(octets, Convert.ToHexStringLower(ConfigurationAttribute.Subnet(type, IPNetwork.Parse(network)).Value.Span));

    private static byte[] Write(CpPayload payload)
    {
        var writer = new WireWriter();
        ConfigurationCodec.Write(payload, writer);
        return writer.Written.ToArray();
    }

    private static CpPayload? Read(CpPayload payload) => ConfigurationCodec.Read(Write(payload));
}
