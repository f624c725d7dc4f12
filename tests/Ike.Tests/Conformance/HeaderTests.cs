using System.Buffers.Binary;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Tests.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Conformance;

/// <summary>Every field of the IKE header, changed by a peer who holds the keys (RFC 7296 §2.2 to §2.6, §3.1).</summary>
public sealed class HeaderTests
{
    [Theory]
    [InlineData(0x21, 0x00)]
    [InlineData(0x2f, 0x00)]
    [InlineData(0x20, 0x10)]
    [InlineData(0x20, 0xc7)]
    [InlineData(0x2f, 0xd7)]
    public void The_minor_version_and_the_version_and_reserved_flags_are_ignored(byte version, byte flags)
    {
        var pair = new Pair();
        pair.Start();
        byte[] init = pair.Initiator.Outbox.Dequeue().Octets;
        init[17] = version;
        init[19] |= flags;
        pair.Inject(pair.Responder, init);
        IkeMessage answer = MessageCodec.ParseClear(pair.Responder.Outbox.Peek().Octets).Message!;
        Assert.Equal((IkeHeader.Version2, IkeFlags.Response), (answer.Header.Version, answer.Header.Flags));

        var protectedPair = new Pair();
        using HandmadeInitiator initiator = HandmadeInitiator.Established(protectedPair.Responder);
        IkeMessage response = initiator.SendForged(ExchangeType.Informational, new SkForge { Version = version, Flags = flags })!;
        Assert.Equal("INFORMATIONAL response 2 [ ]", response.Summary);
        Assert.Equal((IkeHeader.Version2, IkeFlags.Response), (response.Header.Version, response.Header.Flags));
    }

    [Theory]
    [InlineData(0x2f, 0x10)]
    [InlineData(0x20, 0xc7)]
    public void An_initiator_ignores_them_in_responses(byte version, byte flags)
    {
        var pair = new Pair();
        using HandmadeResponder responder = new(pair);
        Assert.Null(responder.AnswerForged(new SkForge([.. responder.Proof]) { Version = version, Flags = flags }));
        Assert.Single(pair.Initiator.Kernel.Installed);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(-28)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void A_length_that_is_not_the_datagrams_is_dropped_in_every_exchange(int difference)
    {
        Pair pair = new Pair().Establish("net", "second");
        foreach (Packet packet in pair.Wire)
        {
            var fresh = new Pair();
            fresh.Start();
            byte[] octets = [.. packet.Octets];
            BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(24), (uint)(octets.Length + difference));
            fresh.Inject(fresh.Responder, octets);
            fresh.Inject(fresh.Initiator, octets);
            Assert.Equal([DropReason.BadLength], fresh.Responder.Drops);
            Assert.Equal([DropReason.BadLength], fresh.Initiator.Drops);
            Assert.Equal(IkeSaState.Created, fresh.Responder.Session.State);
        }
    }

    [Fact]
    public void Both_spis_must_be_those_of_the_ike_sa()
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        IkeHeader header = initiator.HeaderFor(ExchangeType.Informational);
        Assert.Null(initiator.Send(initiator.Protect(header with { InitiatorSpi = header.InitiatorSpi ^ 1 }, [])));
        Assert.Null(initiator.Send(initiator.Protect(header with { ResponderSpi = header.ResponderSpi ^ 1 }, [])));
        Assert.Null(initiator.Send(initiator.Protect(header with { InitiatorSpi = header.ResponderSpi, ResponderSpi = header.InitiatorSpi }, [])));
        Assert.Null(initiator.Send(initiator.Protect(header with { ResponderSpi = 0 }, [])));
        Assert.Null(initiator.Send(initiator.Protect(header with { InitiatorSpi = 0 }, [])));
        Assert.Equal(Enumerable.Repeat(DropReason.BadHeader, 5), pair.Responder.Drops);
        Assert.NotNull(initiator.Send(ExchangeType.Informational));
    }

    [Fact]
    public void Flags_that_turn_a_request_into_something_else_get_no_answer()
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        IkeHeader header = initiator.HeaderFor(ExchangeType.Informational);
        foreach (IkeFlags flags in new[] { IkeFlags.None, IkeFlags.Response, IkeFlags.Initiator | IkeFlags.Response })
            Assert.Null(initiator.Send(initiator.Protect(header with { Flags = flags }, new DeletePayload(ProtocolId.Ike, []))));
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
        Assert.NotNull(initiator.Send(ExchangeType.Informational));
    }

    [Fact]
    public void Only_the_next_message_id_is_taken()
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        foreach (uint id in new uint[] { 0, 1, 3, 4, 0x80000002, uint.MaxValue })
            Assert.Null(initiator.Send(initiator.Protect(initiator.HeaderFor(ExchangeType.Informational) with { MessageId = id }, [])));
        Assert.All(pair.Responder.Drops, d => Assert.Equal(DropReason.OutOfWindow, d));
        Assert.Equal("INFORMATIONAL response 2 [ ]", initiator.Send(ExchangeType.Informational)!.Summary);
    }

    [Fact]
    public void Ids_count_on_their_own_for_each_side_and_from_nought_after_the_ike_sa_is_rekeyed()
    {
        Pair pair = new Pair().Establish();
        pair.Tell(pair.Initiator, new InitiateChild("second"));
        pair.Tell(pair.Responder, new CloseChild(1));
        Assert.Equal("CREATE_CHILD_SA request 2 [ SA No TSi TSr ]", pair.Initiator.Sent.Last(s => s.Contains("request", StringComparison.Ordinal)));
        Assert.Equal("INFORMATIONAL request 0 [ D ]", pair.Responder.Sent.Last(s => s.Contains("request", StringComparison.Ordinal)));
        Assert.Equal("INFORMATIONAL response 0 [ D ]", pair.Initiator.Sent.Last());

        pair.Tell(pair.Responder, new RekeyIkeSa());
        pair.Tell(pair.Initiator, new CloseChild(2));
        Assert.Equal("INFORMATIONAL request 0 [ D ]", pair.Initiator.Sent.Last());
        // Whoever asked for the rekeying is its original initiator now.
        Assert.Equal((byte)IkeFlags.None, pair.Wire[^2].Octets[19]);
    }

    [Fact]
    public void Before_the_message_ids_end_the_ike_sa_is_rekeyed()
    {
        Pair pair = new Pair(o => o.ResponderSession = c => c with { MessageIdLimit = 6 }).Establish();
        ulong spi = pair.Responder.Session.LocalSpi;
        for (int i = 0; i < 8; i++)
        {
            pair.Tell(pair.Initiator, new InitiateChild("second"));
            pair.Tell(pair.Initiator, new CloseChild(pair.Initiator.Kernel.Installed.Keys.Max()));
        }

        Assert.NotEqual(spi, pair.Responder.Session.LocalSpi);
        Assert.Contains(pair.Responder.Events.OfType<IkeSaRekeyed>(), r => r.OldLocalSpi == spi);
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        Assert.Single(pair.Initiator.Kernel.Installed);
    }

    [Fact]
    public void A_responder_spi_in_a_refusal_is_no_reason_to_ignore_it()
    {
        var pair = new Pair();
        pair.Start();
        pair.Initiator.Outbox.Clear();
        pair.Inject(pair.Initiator, MessageCodec.WriteClear(
            new IkeHeader(Pair.InitiatorSpi, Pair.ResponderSpi, PayloadType.None, IkeHeader.Version2, ExchangeType.IkeSaInit, IkeFlags.Response, 0, 0),
            [new NotifyPayload(NotifyType.Cookie, new byte[] { 7 })]));
        IkeMessage retry = MessageCodec.ParseClear(Assert.Single(pair.Initiator.Outbox).Octets).Message!;
        Assert.Equal(NotifyType.Cookie, Assert.IsType<NotifyPayload>(retry.Payloads[0]).NotifyType);
        Assert.Equal(0ul, retry.Header.ResponderSpi);
    }
}
