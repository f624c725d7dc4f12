using System.Net;
using Concentrator.Actors.Kernel;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Kernel;

public class XfrmMappingTests
{
    // RFC 7296 §2.17
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void We_send_with_the_initiators_keys_when_the_exchange_was_ours(bool ours)
    {
        ChildSaParameters parameters = Samples.Parameters(keysAreInitiators: ours, suite: Samples.Cbc);
        ChildKeys keys = parameters.Keys;
        ChildSaSpec spec = Map(parameters);

        Assert.Equal((ours ? keys.EncryptionInitiator : keys.EncryptionResponder).Span.ToArray(), spec.Outbound.Algorithms.Cipher!.Key);
        Assert.Equal((ours ? keys.IntegrityInitiator : keys.IntegrityResponder).Span.ToArray(), spec.Outbound.Algorithms.Authenticator!.Key);
        Assert.Equal((ours ? keys.EncryptionResponder : keys.EncryptionInitiator).Span.ToArray(), spec.Inbound.Algorithms.Cipher!.Key);
        Assert.Equal((ours ? keys.IntegrityResponder : keys.IntegrityInitiator).Span.ToArray(), spec.Inbound.Algorithms.Authenticator!.Key);
    }

    [Fact]
    public void Each_direction_has_its_spi_and_ends()
    {
        ChildSaSpec spec = Map(Samples.Parameters(peerSpi: 0xcafe0001));

        Assert.Equal((0xcafe0001u, Samples.Local.Address, Samples.Remote.Address), (spec.Outbound.Spi, spec.Outbound.Source, spec.Outbound.Destination));
        Assert.Equal((0xc0000001u, Samples.Remote.Address, Samples.Local.Address), (spec.Inbound.Spi, spec.Inbound.Source, spec.Inbound.Destination));
        Assert.Equal((0, 32), (spec.Outbound.ReplayWindow, spec.Inbound.ReplayWindow));
        Assert.Equal((9u, 9u), (spec.Outbound.ReqId, spec.Inbound.ReqId));
    }

    [Fact]
    public void Encapsulation_has_the_ports_as_the_sender_of_each_direction_sees_them()
    {
        ChildSaSpec spec = Map(Samples.Parameters() with
        {
            UdpEncapsulation = true,
            LocalEndpoint = new IPEndPoint(Samples.Local.Address, 4500),
            RemoteEndpoint = new IPEndPoint(Samples.Remote.Address, 31000),
        });

        Assert.Equal(new UdpEncapsulation(4500, 31000), spec.Outbound.Encapsulation);
        Assert.Equal(new UdpEncapsulation(31000, 4500), spec.Inbound.Encapsulation);
    }

    [Fact]
    public void Ranges_become_prefixes_and_both_sides_a_cross_product()
    {
        ChildSaSpec spec = Map(Samples.Parameters(local: "10.1.0.0..10.1.2.255", remote: "10.2.0.0/24"));

        Assert.Equal(
            ["10.1.0.0/23 => 10.2.0.0/24", "10.1.2.0/24 => 10.2.0.0/24"],
            spec.Selectors.Select(selector => selector.ToString()));
    }

    [Fact]
    public void Ports_that_are_a_block_become_a_mask_and_others_are_refused()
    {
        TrafficSelector net = TrafficSelector.Parse("10.1.0.0/24");
        ChildSaSpec spec = Map(Samples.Parameters() with { Local = [net with { Protocol = 6, StartPort = 1024, EndPort = 2047 }] });

        XfrmSelector selector = Assert.Single(spec.Selectors);
        Assert.Equal((6, 1024, 0xfc00, 0, 0), (selector.Protocol, selector.SourcePort, selector.SourcePortMask, selector.DestinationPort, selector.DestinationPortMask));
        Assert.Equal(RefusalCause.Policy, Refused(Samples.Parameters() with { Local = [net with { Protocol = 6, StartPort = 80, EndPort = 443 }] }).Cause);
        Assert.Equal(RefusalCause.Policy, Refused(Samples.Parameters() with { Local = [net with { Protocol = 6, StartPort = 65535, EndPort = 0 }] }).Cause);
    }

    [Theory]
    [InlineData("10.1.0.1[icmp/8(0)]", "10.2.0.1", 8, 0xffff, 0, 0xffff)]
    [InlineData("10.1.0.1", "10.2.0.1[icmp/3(4)]", 3, 0xffff, 4, 0xffff)]
    [InlineData("10.1.0.1[icmp/8]", "10.2.0.1[icmp/8]", 8, 0xffff, 0, 0)]
    [InlineData("10.1.0.1[icmp]", "10.2.0.1", 0, 0, 0, 0)]
    public void Type_and_code_of_icmp_stand_where_xfrm_has_them(string local, string remote, ushort type, ushort typeMask, ushort code, ushort codeMask)
    {
        ChildSaParameters parameters = Samples.Parameters() with { Local = [TrafficSelector.Parse(local)], Remote = [TrafficSelector.Parse(remote)] };
        XfrmSelector selector = Assert.Single(Map(parameters).Selectors);
        Assert.Equal((1, type, typeMask, code, codeMask), (selector.Protocol, selector.SourcePort, selector.SourcePortMask, selector.DestinationPort, selector.DestinationPortMask));
    }

    [Fact]
    public void Selectors_of_different_families_or_protocols_have_nothing_in_common()
    {
        Assert.Equal(RefusalCause.Policy, Refused(Samples.Parameters(local: "10.1.0.0/24", remote: "2001:db8::/64")).Cause);
        TrafficSelector udp = TrafficSelector.Parse("10.2.0.0/24") with { Protocol = 17 };
        TrafficSelector tcp = TrafficSelector.Parse("10.1.0.0/24") with { Protocol = 6 };
        Assert.Equal(RefusalCause.Policy, Refused(Samples.Parameters() with { Local = [tcp], Remote = [udp] }).Cause);
    }

    [Fact]
    public void Transport_mode_tells_each_sa_its_hosts()
    {
        ChildSaSpec spec = Map(Samples.Parameters(local: "192.0.2.1", remote: "192.0.2.2") with { Mode = ChildMode.Transport });

        Assert.Equal("192.0.2.1/32 => 192.0.2.2/32", spec.Outbound.Selector?.ToString());
        Assert.Equal("192.0.2.2/32 => 192.0.2.1/32", spec.Inbound.Selector?.ToString());
        Assert.Null(Map(Samples.Parameters()).Outbound.Selector);
    }

    [Fact]
    public void A_transport_mode_sa_leaves_protocols_and_ports_to_the_policies()
    {
        TrafficSelector local = TrafficSelector.Parse("192.0.2.1"), remote = TrafficSelector.Parse("192.0.2.2");
        ChildSaParameters icmpAndTcp = Samples.Parameters() with
        {
            Mode = ChildMode.Transport,
            Local = [local with { Protocol = 1 }, local with { Protocol = 6 }],
            Remote = [remote with { Protocol = 1 }, remote with { Protocol = 6, StartPort = 80, EndPort = 80 }],
        };
        ChildSaSpec spec = Map(icmpAndTcp);

        Assert.Equal("192.0.2.1/32 => 192.0.2.2/32", spec.Outbound.Selector?.ToString());
        Assert.Equal("192.0.2.2/32 => 192.0.2.1/32", spec.Inbound.Selector?.ToString());
        Assert.Equal(["192.0.2.1/32 => 192.0.2.2/32 proto 1", "192.0.2.1/32 => 192.0.2.2/32 proto 6 dport 80"], spec.Selectors.Select(s => s.ToString()));
        Assert.Null(Map(icmpAndTcp with { Local = [local, TrafficSelector.Parse("192.0.2.9")] }).Outbound.Selector);
    }

    [Fact]
    public void What_xfrm_has_no_name_for_is_refused_for_good()
    {
        EspSuite gcm8 = Samples.Gcm with { Encryption = EncryptionId.AesGcm8 };

        Assert.Equal(RefusalCause.Permanent, Refused(Samples.Parameters() with { Suite = gcm8 }).Cause);
    }

    private static ChildSaSpec Map(ChildSaParameters parameters)
    {
        Assert.True(XfrmMapping.TryMap(new InstallSas(parameters, Samples.Child(), 0xc0000001, 9), "owner", out ChildSaSpec? spec, out _));
        return spec;
    }

    private static Refusal Refused(ChildSaParameters parameters)
    {
        Assert.False(XfrmMapping.TryMap(new InstallSas(parameters, Samples.Child(), 0xc0000001, 9), "owner", out _, out Refusal? refusal));
        return refusal;
    }
}

public class KernelCapabilitiesTests
{
    private static readonly Transform Gcm128 = new(TransformType.Encryption, (ushort)EncryptionId.AesGcm16, 128);
    private static readonly Transform Gcm256 = new(TransformType.Encryption, (ushort)EncryptionId.AesGcm16, 256);
    private static readonly Transform Cbc256 = new(TransformType.Encryption, (ushort)EncryptionId.AesCbc, 256);
    private static readonly Transform Sha256 = new(TransformType.Integrity, (ushort)IntegrityId.HmacSha256_128);

    [Fact]
    public void A_refused_cipher_is_refused_in_its_key_length_alone()
    {
        KernelCapabilities capabilities = KernelCapabilities.Without([EspAlgorithms.AesGcm16(new byte[20]).ToString()]);

        Assert.False(capabilities.IsUsable(Gcm128));
        Assert.True(capabilities.IsUsable(Gcm256));
    }

    [Fact]
    public void A_cipher_and_an_authenticator_are_usable_while_one_partner_remains()
    {
        string[] all = [.. new[] { 16, 24, 32 }.SelectMany(octets => new[]
        {
            EspAlgorithms.AesCbc(new byte[octets], EspAlgorithms.HmacSha256([])).ToString(),
            EspAlgorithms.AesCbc(new byte[octets], EspAlgorithms.HmacSha384([])).ToString(),
            EspAlgorithms.AesCbc(new byte[octets], EspAlgorithms.HmacSha512([])).ToString(),
        })];

        Assert.False(KernelCapabilities.Without(all).IsUsable(Cbc256));
        Assert.False(KernelCapabilities.Without(all).IsUsable(Sha256));
        Assert.True(KernelCapabilities.Without(all[..^1]).IsUsable(Cbc256));
        Assert.True(KernelCapabilities.Without(all[1..]).IsUsable(Sha256));
    }

    [Fact]
    public void What_xfrm_cannot_name_is_never_usable_and_other_kinds_always_are()
    {
        Assert.False(KernelCapabilities.Full.IsUsable(new Transform(TransformType.Encryption, (ushort)EncryptionId.AesGcm8, 128)));
        Assert.False(KernelCapabilities.Full.IsUsable(new Transform(TransformType.Integrity, (ushort)IntegrityId.HmacSha1_96)));
        Assert.True(KernelCapabilities.Full.IsUsable(new Transform(TransformType.KeyExchangeMethod, (ushort)KeyExchangeMethod.Curve25519)));
        Assert.True(KernelCapabilities.Full.IsUsable(new Transform(TransformType.Integrity, (ushort)IntegrityId.None)));
    }
}
