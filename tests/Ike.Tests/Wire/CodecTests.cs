using System.Buffers.Binary;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;
using Concentrator.Tests.Shared;

namespace Concentrator.Ike.Tests.Wire;

/// <summary>Every payload there and back, and what becomes of messages that lie about themselves (RFC 7296 §3).</summary>
public sealed class CodecTests
{
    public static TheoryData<int> EveryPayloadIndex => [.. Enumerable.Range(0, Golden.EveryPayload.Count)];

    [Theory]
    [MemberData(nameof(EveryPayloadIndex))]
    public void Each_payload_is_written_and_read_octet_by_octet(int index)
    {
        byte[] first = MessageCodec.WriteClear(Golden.Header(), [Golden.EveryPayload[index]]);
        ParseResult result = MessageCodec.ParseClear(first);
        Assert.Equal(ParseStatus.Ok, result.Status);
        Payload read = Assert.Single(result.Message!.Payloads);
        Assert.Equal(Golden.EveryPayload[index].GetType(), read.GetType());
        Assert.Equal(first, MessageCodec.WriteClear(Golden.Header(), [read]));
    }

    [Fact]
    public void A_message_with_every_payload_survives_protection()
    {
        using MessageProtector sender = Golden.Protector();
        using MessageProtector receiver = Golden.Protector();
        byte[] message = MessageCodec.WriteProtected(Golden.Header(), Golden.EveryPayload, sender);
        ParseResult result = MessageCodec.ParseProtected(message, receiver);
        Assert.Equal(ParseStatus.Ok, result.Status);
        Assert.Equal(Golden.EveryPayload.Select(p => p.Type), result.Message!.Payloads.Select(p => p.Type));
    }

    [Fact]
    public void Cut_anywhere_a_clear_message_is_malformed()
    {
        byte[] message = MessageCodec.WriteClear(Golden.Header(), Golden.EveryPayload);
        for (int length = 0; length < message.Length; length++)
        {
            byte[] cut = message[..length];
            Assert.Equal(ParseStatus.Malformed, MessageCodec.ParseClear(cut).Status);
            if (length < IkeHeader.Size) continue;
            // The header may even claim the shorter length: then a payload is cut, or its successor is missing.
            BinaryPrimitives.WriteUInt32BigEndian(cut.AsSpan(24), (uint)length);
            Assert.Equal(ParseStatus.Malformed, MessageCodec.ParseClear(cut).Status);
        }
    }

    [Fact]
    public void Cut_anywhere_a_protected_message_is_not_believed()
    {
        using MessageProtector sender = Golden.Protector();
        byte[] message = MessageCodec.WriteProtected(Golden.Header(), Golden.EveryPayload, sender);
        for (int length = 0; length < message.Length; length++)
        {
            using MessageProtector receiver = Golden.Protector();
            byte[] cut = message[..length];
            if (length >= IkeHeader.Size) BinaryPrimitives.WriteUInt32BigEndian(cut.AsSpan(24), (uint)length);
            Assert.NotEqual(ParseStatus.Ok, MessageCodec.ParseProtected(cut, receiver).Status);
            if (length < IkeHeader.Size + 4) continue;
            // The SK payload's own length agrees as well: only the integrity check is left to say no.
            cut = message[..length];
            BinaryPrimitives.WriteUInt32BigEndian(cut.AsSpan(24), (uint)length);
            BinaryPrimitives.WriteUInt16BigEndian(cut.AsSpan(30), (ushort)(length - IkeHeader.Size));
            Assert.Equal(ParseStatus.NotAuthentic, MessageCodec.ParseProtected(cut, receiver).Status);
        }
    }

    [Fact]
    public void Authentic_nonsense_is_invalid_syntax_and_never_throws()
    {
        byte[] golden = MessageCodec.WriteClear(Golden.Header(), Golden.EveryPayload);
        var random = new SeededRandom(11);
        HashSet<ParseStatus> seen = [];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = golden.ToArray();
            byte[] draw = random.Octets(8);
            int changes = 1 + draw[0] % 3;
            for (int i = 0; i < changes; i++) bytes[16 + (draw[i + 1] << 8 | draw[i + 4]) % (bytes.Length - 16)] = draw[7 - i];
            seen.Add(MessageCodec.ParseClear(bytes).Status);
        }

        Assert.Contains(ParseStatus.Malformed, seen);
        Assert.Contains(ParseStatus.UnsupportedCritical, seen);
    }

    [Fact]
    public void Broken_payloads_inside_sk_are_invalid_syntax()
    {
        using MessageProtector sender = Golden.Protector();
        using MessageProtector receiver = Golden.Protector();
        // A nonce of three octets, which no writer of ours can make but through an unknown payload of that type.
        byte[] message = MessageCodec.WriteProtected(Golden.Header(), [new UnknownPayload(PayloadType.Nonce, false, Golden.Octets(3))], sender);
        Assert.Equal(ParseStatus.InvalidSyntax, MessageCodec.ParseProtected(message, receiver).Status);
    }

    [Theory]
    [InlineData(15, false)]
    [InlineData(16, true)]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void A_nonce_has_16_to_256_octets(int length, bool fits)
    {
        byte[] message = MessageCodec.WriteClear(Golden.Header(), [new UnknownPayload(PayloadType.Nonce, false, Golden.Octets(length))]);
        Assert.Equal(fits ? ParseStatus.Ok : ParseStatus.Malformed, MessageCodec.ParseClear(message).Status);
    }

    [Fact]
    public void Only_an_unknown_type_makes_the_critical_flag_count()
    {
        byte[] unknown = MessageCodec.WriteClear(Golden.Header(), [new UnknownPayload((PayloadType)201, Critical: true, default)]);
        ParseResult result = MessageCodec.ParseClear(unknown);
        Assert.Equal(ParseStatus.UnsupportedCritical, result.Status);
        Assert.Equal((PayloadType)201, result.OffendingPayload);

        byte[] known = MessageCodec.WriteClear(Golden.Header(), [new NoncePayload(Golden.Octets(32))]);
        known[IkeHeader.Size + 1] = 0x80;
        Assert.Equal(ParseStatus.Ok, MessageCodec.ParseClear(known).Status);
    }

    [Fact]
    public void A_notify_with_a_protocol_and_no_spi_is_taken()
    {
        byte[] message = MessageCodec.WriteClear(Golden.Header(), [new NotifyPayload(NotifyType.NoProposalChosen, default, ProtocolId.Esp, default)]);
        Assert.Equal(NotifyType.NoProposalChosen, MessageCodec.ParseClear(message).Message!.FirstErrorNotify!.NotifyType);
    }

    [Theory]
    [InlineData(PayloadType.Encrypted)]
    [InlineData(PayloadType.EncryptedFragment)]
    public void Sk_and_skf_do_not_belong_into_a_clear_message(PayloadType type)
    {
        byte[] message = MessageCodec.WriteClear(Golden.Header(), [new UnknownPayload(type, false, Golden.Octets(40))]);
        Assert.Equal(ParseStatus.Malformed, MessageCodec.ParseClear(message).Status);
    }

    [Fact]
    public void A_protected_exchange_without_sk_is_malformed()
    {
        using MessageProtector receiver = Golden.Protector();
        byte[] message = MessageCodec.WriteClear(Golden.Header(), [new NotifyPayload(NotifyType.AuthenticationFailed)]);
        Assert.Equal(ParseStatus.Malformed, MessageCodec.ParseProtected(message, receiver).Status);
    }

    [Fact]
    public void Flags_that_are_not_ours_to_set_are_cleared()
    {
        byte[] message = MessageCodec.WriteClear(Golden.Header(flags: (IkeFlags)0xff), []);
        Assert.Equal(0x28, message[19]);
    }

    [Fact]
    public void Reading_the_header_allocates_nothing()
    {
        byte[] message = MessageCodec.WriteClear(Golden.Header(), Golden.EveryPayload);
        IkeHeader.TryRead(message, out _);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 1000; i++) IkeHeader.TryRead(message, out _);
        }));
    }

    [Fact]
    public void The_largest_message_is_read_in_time()
    {
        List<Payload> payloads = [.. Enumerable.Range(0, 250).Select(_ => new VendorIdPayload(new byte[255]))];
        byte[] message = MessageCodec.WriteClear(Golden.Header(), payloads);
        Assert.InRange(message.Length, 60_000, 65_535);
        Assert.Equal(250, MessageCodec.ParseClear(message).Message!.Payloads.Count);
    }

    [Fact]
    public void More_payloads_than_any_message_needs_are_malformed()
    {
        List<Payload> payloads = [.. Enumerable.Range(0, 300).Select(_ => new VendorIdPayload(default))];
        Assert.Equal(ParseStatus.Malformed, MessageCodec.ParseClear(MessageCodec.WriteClear(Golden.Header(), payloads)).Status);
    }
}
