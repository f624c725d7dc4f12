using System.Buffers.Binary;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Session;
using Concentrator.Ike.Tests.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Conformance;

/// <summary>What else a child may be asked for, or answered with: modes, compression, addresses, selectors, rekeyings of nothing, Deletes of anything.</summary>
public sealed class ChildRequestTests
{
    [Fact]
    public void What_we_do_not_have_is_not_answered_and_the_child_comes_up_without_it()
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = new(pair.Responder);
        IkeMessage answer = initiator.Authenticate(
            new NotifyPayload(NotifyType.IpcompSupported, new byte[] { 0x12, 0x34, 2 }),
            new NotifyPayload(NotifyType.IpcompSupported, new byte[] { 0x12, 0x35, 3 }),
            new NotifyPayload(NotifyType.UseTransportMode),
            new NotifyPayload(NotifyType.EspTfcPaddingNotSupported),
            new NotifyPayload(NotifyType.NonFirstFragmentsAlso))!;
        Assert.Equal("IKE_AUTH response 1 [ IDr AUTH SA TSi TSr ]", answer.Summary);
        Assert.Equal(ChildMode.Tunnel, Assert.Single(pair.Responder.Kernel.Installed.Values).Mode);
    }

    [Fact]
    public void Transport_mode_or_compression_that_we_did_not_ask_for_makes_no_child()
    {
        var pair = new Pair();
        using HandmadeResponder responder = new(pair);
        Assert.Equal("INFORMATIONAL request 2 [ D ]", responder.Answer([.. responder.Proof, new NotifyPayload(NotifyType.UseTransportMode)])!.Summary);
        Assert.Equal(0, pair.Initiator.Kernel.InstallAttempts);
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);

        var compressed = new Pair();
        using HandmadeResponder other = new(compressed);
        Assert.Equal("INFORMATIONAL request 2 [ D ]", other.Answer([.. other.Proof, new NotifyPayload(NotifyType.IpcompSupported, new byte[] { 1, 2, 2 })])!.Summary);
        Assert.Equal(0, compressed.Initiator.Kernel.InstallAttempts);
        Assert.Equal(IkeSaState.Established, compressed.Initiator.Session.State);
    }

    private static ConfigurationAttribute AnyIpv4 => new(ConfigurationAttributeType.InternalIp4Address, default);

    [Fact]
    public void Without_addresses_to_give_a_wish_for_one_is_ignored()
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = new(pair.Responder);
        Payload wish = new CpPayload(ConfigurationType.Request, [AnyIpv4, new(ConfigurationAttributeType.InternalIp6Address, default), new((ConfigurationAttributeType)5, new byte[4]), new((ConfigurationAttributeType)0x7123, new byte[9])]);
        Assert.Equal("IKE_AUTH response 1 [ IDr AUTH SA TSi TSr ]", initiator.Authenticate(wish)!.Summary);

        // What the peer asks or sets later is declined in the same way, and so is a question for our version.
        Assert.Equal("INFORMATIONAL response 2 [ ]", initiator.Send(ExchangeType.Informational, new CpPayload(ConfigurationType.Request, [new(ConfigurationAttributeType.ApplicationVersion, default)]))!.Summary);
        Assert.Equal("INFORMATIONAL response 3 [ CPA() ]", initiator.Send(ExchangeType.Informational, new CpPayload(ConfigurationType.Set, [new(ConfigurationAttributeType.InternalIp4Dns, new byte[4])]))!.Summary);
        Assert.Equal("CREATE_CHILD_SA response 4 [ SA No TSi TSr ]", initiator.Send(ExchangeType.CreateChildSa, [wish, .. Parts.Child])!.Summary);
    }

    [Fact]
    public void Who_wants_an_address_and_all_its_traffic_through_us_gets_the_part_that_is_ours()
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = new(pair.Responder);
        TrafficSelector all = TrafficSelector.Parse("0.0.0.0/0");
        IkeMessage answer = initiator.SendAuth(
            initiator.Id, initiator.Prove(), new CpPayload(ConfigurationType.Request, [AnyIpv4]), HandmadeInitiator.EspOffer,
            new TsPayload(PayloadType.TrafficSelectorInitiator, [all]), new TsPayload(PayloadType.TrafficSelectorResponder, [all]))!;
        Assert.Null(answer.Find<CpPayload>());
        Assert.Equal("10.1.0.0/24", Assert.Single(answer.Find<TsPayload>(PayloadType.TrafficSelectorInitiator)!.Selectors).ToString());
        Assert.Equal("10.2.0.0/24", Assert.Single(answer.Find<TsPayload>(PayloadType.TrafficSelectorResponder)!.Selectors).ToString());
    }

    [Fact]
    public void Selectors_of_an_unknown_type_are_left_out_and_if_there_are_no_others_nothing_is_acceptable()
    {
        byte[] unknown = [9, 0, 0, 12, 1, 2, 3, 4, 5, 6, 7, 8];
        byte[] known = SkForge.Chain([HandmadeInitiator.TsI])[8..];
        var pair = new Pair();
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        Payload some = new UnknownPayload(PayloadType.TrafficSelectorInitiator, false, (byte[])[3, 0, 0, 0, .. unknown, .. known, .. unknown]);
        IkeMessage answer = initiator.Send(ExchangeType.CreateChildSa, HandmadeInitiator.EspOffer, Parts.Nonce, some, HandmadeInitiator.TsR)!;
        Assert.Equal("10.1.0.0/24", Assert.Single(answer.Find<TsPayload>(PayloadType.TrafficSelectorInitiator)!.Selectors).ToString());
        Payload none = new UnknownPayload(PayloadType.TrafficSelectorInitiator, false, (byte[])[1, 0, 0, 0, .. unknown]);
        Assert.Equal("CREATE_CHILD_SA response 3 [ N(TS_UNACCEPT) ]", initiator.Send(ExchangeType.CreateChildSa, HandmadeInitiator.EspOffer, Parts.Nonce, none, HandmadeInitiator.TsR)!.Summary);
    }

    [Fact]
    public void Selectors_that_lie_about_their_number_or_length_are_invalid_syntax()
    {
        byte[] good = SkForge.Chain([HandmadeInitiator.TsI])[4..];
        foreach ((int at, byte value) in new (int, byte)[] { (0, 0), (0, 2), (0, 255), (7, 0), (7, 7), (7, 15), (7, 17), (7, 255), (6, 255) })
        {
            byte[] bad = [.. good];
            bad[at] = value;
            var pair = new Pair();
            using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
            Payload ts = new UnknownPayload(PayloadType.TrafficSelectorInitiator, false, bad);
            Assert.Equal("CREATE_CHILD_SA response 2 [ N(INVAL_SYN) ]", initiator.Send(ExchangeType.CreateChildSa, HandmadeInitiator.EspOffer, Parts.Nonce, ts, HandmadeInitiator.TsR)!.Summary);
        }
    }

    [Fact]
    public void An_answer_with_wider_selectors_than_asked_for_makes_no_child()
    {
        foreach (string wider in new[] { "10.2.0.0/23", "0.0.0.0/0", "10.2.1.0/24", "2001:db8::/64" })
        {
            var pair = new Pair();
            using HandmadeResponder responder = new(pair);
            IReadOnlyList<Payload> proof = responder.Proof;
            TsPayload ts = new(PayloadType.TrafficSelectorResponder, [TrafficSelector.Parse(wider)]);
            Assert.Equal("INFORMATIONAL request 2 [ D ]", responder.Answer([.. proof.SkipLast(1), ts])!.Summary);
            Assert.Equal(0, pair.Initiator.Kernel.InstallAttempts);
            Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(256)]
    public void Nonces_of_every_legal_length_are_taken(int length)
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        Payload[] child = [HandmadeInitiator.EspOffer, new NoncePayload(new SeededRandom(9).Octets(length)), HandmadeInitiator.TsI, HandmadeInitiator.TsR];
        Assert.Equal("CREATE_CHILD_SA response 2 [ SA No TSi TSr ]", initiator.Send(ExchangeType.CreateChildSa, child)!.Summary);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(257)]
    [InlineData(60000)]
    public void Nonces_of_no_legal_length_are_invalid_syntax_and_before_there_are_keys_dropped(int length)
    {
        Payload nonce = new UnknownPayload(PayloadType.Nonce, false, new byte[length]);
        var pair = new Pair();
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        Assert.Equal("CREATE_CHILD_SA response 2 [ N(INVAL_SYN) ]", initiator.Send(ExchangeType.CreateChildSa, HandmadeInitiator.EspOffer, nonce, HandmadeInitiator.TsI, HandmadeInitiator.TsR)!.Summary);

        var fresh = new Pair();
        fresh.Start();
        IkeMessage init = MessageCodec.ParseClear(fresh.Initiator.Outbox.Dequeue().Octets).Message!;
        fresh.Inject(fresh.Responder, MessageCodec.WriteClear(init.Header, [.. init.Payloads.Select(p => p is NoncePayload ? nonce : p)]));
        Assert.Empty(fresh.Responder.Outbox);
        fresh.Responder.AssertNothingLeft();
    }

    [Fact]
    public void Our_nonces_are_long_enough_for_every_prf_and_never_the_same()
    {
        Pair pair = new Pair(o => o.InitiatorProposals = o.ResponderProposals = ["aes128gcm16-prfsha512-x25519"]).Establish("net", "second");
        pair.Tell(pair.Initiator, new RekeyChild(1));
        pair.Tell(pair.Responder, new RekeyIkeSa());
        var first = pair.Wire.Take(2).Select(p => MessageCodec.ParseClear(p.Octets).Message!.Find<NoncePayload>()!.Data).ToList();
        Assert.All(first, n => Assert.InRange(n.Length, 32, 256));
        Assert.NotEqual(first[0].ToArray(), first[1].ToArray());
        Pair twin = new Pair().Establish();
        Assert.Equal(2, twin.Wire.Take(2).Select(p => Convert.ToHexString(MessageCodec.ParseClear(p.Octets).Message!.Find<NoncePayload>()!.Data.Span)).Distinct().Count());
    }

    [Fact]
    public void A_rekeyed_child_keeps_its_selectors_though_a_narrower_one_would_fit_as_well()
    {
        static ChildConfig Widen(ChildConfig child, bool mirrored)
        {
            if (child.Name != "second") return child;
            SelectorConfig ours = Wide("10.2"), theirs = Wide("10.1");
            return child with { LocalSelectors = [mirrored ? ours : theirs], RemoteSelectors = [mirrored ? theirs : ours] };
        }

        static SelectorConfig Wide(string head) =>
            new(new AddressRange(System.Net.IPAddress.Parse($"{head}.0.0"), System.Net.IPAddress.Parse($"{head}.255.255")), 0, 0, ushort.MaxValue);

        Pair pair = new Pair(o =>
        {
            o.InitiatorChild = c => Widen(c, mirrored: false);
            o.ResponderChild = c => Widen(c, mirrored: true);
        }).Establish();
        pair.Tell(pair.Responder, new InitiateChild("second"));
        uint second = pair.Responder.Kernel.Installed.Keys.Max();
        string selectors = pair.Responder.Kernel.Installed[second].Local[0].ToString();
        // The initiator took it for "net", the first that fits; whose name it has there is its own affair.
        pair.Tell(pair.Initiator, new RekeyChild(pair.Initiator.Kernel.Installed.Keys.Max()));
        ChildPlan fresh = pair.Responder.Children.MaxBy(c => c.ChildId)!;
        Assert.Equal("second", fresh.Config.Name);
        Assert.Equal(second, fresh.RekeyOf);
        Assert.Equal(selectors, pair.Responder.Kernel.Installed[fresh.ChildId].Local[0].ToString());
    }

    [Fact]
    public void A_rekeyed_child_in_transport_mode_stays_in_transport_mode()
    {
        Pair pair = new Pair(o => o.InitiatorChild = o.ResponderChild = c => c with { Mode = ChildMode.Transport }).Establish();
        pair.Tell(pair.Responder, new RekeyChild(1));
        Assert.Contains(pair.Responder.Sent, s => s.StartsWith("CREATE_CHILD_SA request 0 [ N(REKEY_SA) SA No TSi TSr N(USE_TRANSP)", StringComparison.Ordinal));
        Assert.All(pair.Initiator.Kernel.Installed.Values.Concat(pair.Responder.Kernel.Installed.Values), c => Assert.Equal(ChildMode.Transport, c.Mode));
        Assert.Equal(2u, pair.Responder.Kernel.Installed.Keys.Max());
    }

    // CVE-2023-38710: REKEY_SA of a protocol that is none broke the writer of the answer.
    [Theory]
    [InlineData(ProtocolId.None, 0)]
    [InlineData(ProtocolId.None, 4)]
    [InlineData(ProtocolId.Ike, 8)]
    [InlineData(ProtocolId.Ah, 4)]
    [InlineData(ProtocolId.Esp, 0)]
    [InlineData(ProtocolId.Esp, 3)]
    [InlineData(ProtocolId.Esp, 4)]
    [InlineData(ProtocolId.Esp, 255)]
    [InlineData((ProtocolId)255, 8)]
    public void A_rekeying_of_what_is_not_there_is_answered_with_its_own_spi(ProtocolId protocol, int length)
    {
        byte[] spi = new SeededRandom(6).Octets(length);
        var pair = new Pair();
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        IkeMessage answer = initiator.Send(ExchangeType.CreateChildSa, [new NotifyPayload(NotifyType.RekeySa, default, protocol, spi), .. Parts.Child])!;
        NotifyPayload error = Assert.IsType<NotifyPayload>(Assert.Single(answer.Payloads));
        Assert.Equal((NotifyType.ChildSaNotFound, protocol), (error.NotifyType, error.Protocol));
        Assert.Equal(spi, error.Spi.ToArray());
        Assert.Single(pair.Responder.Kernel.Installed);
    }

    [Fact]
    public void Deletes_of_nothing_of_another_protocol_and_of_one_thing_twice_are_answered_and_hurt_nobody_else()
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        Assert.Equal("INFORMATIONAL response 2 [ ]", initiator.Send(ExchangeType.Informational, new DeletePayload(ProtocolId.Esp, [0xdeadbeef]))!.Summary);
        Assert.Equal("INFORMATIONAL response 3 [ ]", initiator.Send(ExchangeType.Informational, new DeletePayload(ProtocolId.Ah, [0xc1000001]))!.Summary);
        Assert.Equal("INFORMATIONAL response 4 [ ]", initiator.Send(ExchangeType.Informational, new DeletePayload(ProtocolId.Esp, []))!.Summary);
        Assert.Equal("INFORMATIONAL response 5 [ ]", initiator.Send(ExchangeType.Informational, new DeletePayload((ProtocolId)77, [1, 2]))!.Summary);
        Assert.Single(pair.Responder.Kernel.Installed);

        IkeMessage answer = initiator.Send(ExchangeType.Informational, new DeletePayload(ProtocolId.Esp, [0xc1000001, 0xc1000001]), new DeletePayload(ProtocolId.Esp, [0xc1000001]))!;
        Assert.Single(Assert.Single(answer.Payloads.OfType<DeletePayload>()).Spis);
        Assert.Empty(pair.Responder.Kernel.Installed);
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
    }

    [Theory]
    [InlineData(1, 8, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(3, 8, 1)]
    [InlineData(3, 0, 1)]
    [InlineData(3, 4, 2)]
    [InlineData(3, 4, 0)]
    [InlineData(3, 4, 65535)]
    public void A_delete_that_lies_about_its_spis_is_invalid_syntax(byte protocol, byte size, ushort count)
    {
        byte[] body = [protocol, size, 0, 0, 0xc1, 0, 0, 1];
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(2), count);
        var pair = new Pair();
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        Assert.Equal("INFORMATIONAL response 2 [ N(INVAL_SYN) ]", initiator.Send(ExchangeType.Informational, new UnknownPayload(PayloadType.Delete, false, body))!.Summary);
    }
}
