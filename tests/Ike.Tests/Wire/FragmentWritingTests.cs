using System.Buffers.Binary;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Tests.Crypto;
using Concentrator.Ike.Wire;
using Concentrator.Tests.Shared;
using CsCheck;

namespace Concentrator.Ike.Tests.Wire;

/// <summary>How messages are cut, and that every cipher's fragments make the same message again (RFC 7383 §2.5).</summary>
public sealed class FragmentWritingTests
{
    private const int NumberOffset = IkeHeader.Size + 4;

    [Theory]
    [MemberData(nameof(MessageProtectorTests.Suites), MemberType = typeof(MessageProtectorTests))]
    public void Whatever_the_sizes_the_fragments_fit_and_make_the_message_again(EncryptionId encryption, ushort keyLength, IntegrityId integrity)
    {
        using MessageProtector sender = MessageProtectorTests.Create(encryption, keyLength, integrity);
        using MessageProtector receiver = MessageProtectorTests.Create(encryption, keyLength, integrity);
        Gen.Select(Gen.Int[1, 4000], Gen.Int[180, 1500], Gen.Int[0, int.MaxValue]).Sample(
            (length, maxDatagram, shuffle) =>
            {
                Payload[] payloads = [new NoncePayload(Golden.Octets(32)), new CertPayload(PayloadType.Certificate, 4, Golden.Octets(length))];
                IReadOnlyList<byte[]> messages = MessageCodec.WriteFragments(Golden.Header(), payloads, sender, maxDatagram);
                Assert.All(messages, m => Assert.InRange(m.Length, 1, maxDatagram));
                ParseResult result = messages.Count == 1
                    ? MessageCodec.ParseProtected(messages[0], receiver)
                    : Reassemble(messages, receiver, shuffle);
                Assert.Equal(MessageCodec.WriteClear(Golden.Header(), payloads), MessageCodec.WriteClear(Golden.Header(), result.Message!.Payloads));
            },
            iter: 200, threads: 1);
    }

    [Theory]
    [MemberData(nameof(MessageProtectorTests.Suites), MemberType = typeof(MessageProtectorTests))]
    public void No_fragment_more_than_needed_and_none_larger_than_asked(EncryptionId encryption, ushort keyLength, IntegrityId integrity)
    {
        using MessageProtector protector = MessageProtectorTests.Create(encryption, keyLength, integrity);
        Payload[] payloads = [new VendorIdPayload(Golden.Octets(3000))];
        for (int maxDatagram = 300; maxDatagram < 400; maxDatagram++)
        {
            IReadOnlyList<byte[]> fragments = MessageCodec.WriteFragments(Golden.Header(), payloads, protector, maxDatagram);
            // All but the last are as long as the cipher's blocks allow.
            Assert.All(fragments.SkipLast(1), f => Assert.InRange(f.Length, maxDatagram - protector.BlockLength + 1, maxDatagram));
            Assert.InRange(fragments[^1].Length, 1, maxDatagram);
        }
    }

    [Fact]
    public void What_fits_is_one_ordinary_message_to_the_octet()
    {
        using MessageProtector protector = Golden.Protector();
        Payload[] payloads = [new VendorIdPayload(Golden.Octets(500))];
        int length = MessageCodec.WriteProtected(Golden.Header(), payloads, protector).Length;
        byte[] whole = Assert.Single(MessageCodec.WriteFragments(Golden.Header(), payloads, protector, length));
        Assert.Equal((byte)PayloadType.Encrypted, whole[16]);
        Assert.False(MessageCodec.IsFragment(whole));
        Assert.Equal(2, MessageCodec.WriteFragments(Golden.Header(), payloads, protector, length - 1).Count);
    }

    [Fact]
    public void The_fields_are_as_the_rfc_wants()
    {
        using MessageProtector protector = Golden.Protector();
        IReadOnlyList<byte[]> fragments = MessageCodec.WriteFragments(Golden.Header(id: 6), Golden.EveryPayload, protector, 300);
        HashSet<ulong> ivs = [];
        for (int i = 0; i < fragments.Count; i++)
        {
            byte[] fragment = fragments[i];
            Assert.True(IkeHeader.TryRead(fragment, out IkeHeader header));
            Assert.Equal((PayloadType.EncryptedFragment, 6u, (uint)fragment.Length), (header.NextPayload, header.MessageId, header.Length));
            Assert.Equal(i == 0 ? PayloadType.SecurityAssociation : PayloadType.None, (PayloadType)fragment[IkeHeader.Size]);
            Assert.Equal(fragment.Length - IkeHeader.Size, BinaryPrimitives.ReadUInt16BigEndian(fragment.AsSpan(IkeHeader.Size + 2)));
            Assert.Equal(i + 1, BinaryPrimitives.ReadUInt16BigEndian(fragment.AsSpan(NumberOffset)));
            Assert.Equal(fragments.Count, BinaryPrimitives.ReadUInt16BigEndian(fragment.AsSpan(NumberOffset + 2)));
            Assert.True(ivs.Add(BinaryPrimitives.ReadUInt64BigEndian(fragment.AsSpan(NumberOffset + 4))));
            Assert.True(MessageCodec.IsFragment(fragment));
        }
    }

    [Theory]
    [InlineData(65, 70_000)]
    [InlineData(40, 100)]
    [InlineData(0, 100)]
    [InlineData(-1, 100)]
    public void A_message_that_wants_too_many_fragments_is_a_fault_of_ours(int maxDatagram, int length)
    {
        using MessageProtector protector = Golden.Protector();
        Payload[] payloads = [.. Enumerable.Range(0, length / 100).Select(_ => new VendorIdPayload(Golden.Octets(100)))];
        Assert.Throws<InvalidOperationException>(() => MessageCodec.WriteFragments(Golden.Header(), payloads, protector, maxDatagram));
    }

    [Fact]
    public void A_fragment_is_told_behind_other_payloads_and_by_its_place_at_the_end()
    {
        using var forge = new FragmentForge();
        byte[] fragment = forge.Fragment(1, 2, Golden.Octets(20));
        Assert.True(MessageCodec.IsFragment(Prefixed(fragment)));
        Assert.False(MessageCodec.IsFragment([.. fragment, 0]));
        for (int length = 0; length < fragment.Length; length++)
        {
            byte[] cut = fragment[..length];
            Assert.False(MessageCodec.IsFragment(cut));
            if (length >= IkeHeader.Size) BinaryPrimitives.WriteUInt32BigEndian(cut.AsSpan(24), (uint)length);
            Assert.False(MessageCodec.IsFragment(cut));
        }
    }

    [Fact]
    public void A_payload_before_the_fragment_is_skipped_if_the_integrity_check_covers_it()
    {
        using var forge = new FragmentForge();
        byte[] fragment = forge.Fragment(1, 2, Golden.Octets(20), before: [53, 0, 0, 7, 1, 2, 3]);
        Assert.Equal(200, fragment[16]);
        Assert.IsType<FragmentVerdict.Incomplete>(forge.Take(fragment));

        byte[] put = Prefixed(forge.Fragment(2, 2, Golden.Octets(20)));
        Assert.True(MessageCodec.IsFragment(put));
        Assert.IsType<FragmentVerdict.NotAuthentic>(forge.Take(put));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_critical_payload_of_unknown_type_before_any_fragment_spoils_the_message(int bearer)
    {
        using var forge = new FragmentForge();
        byte[] critical = [53, 0x80, 0, 7, 1, 2, 3];
        byte[] plaintext = [0, 0, 0, 44, .. Golden.Octets(40)];

        Assert.IsType<FragmentVerdict.Incomplete>(forge.Take(forge.Fragment(1, 2, plaintext.AsSpan(0, 22), before: bearer == 1 ? critical : null)));
        var complete = Assert.IsType<FragmentVerdict.Complete>(forge.Take(forge.Fragment(2, 2, plaintext.AsSpan(22), before: bearer == 2 ? critical : null)));

        Assert.Equal(ParseStatus.UnsupportedCritical, complete.Result.Status);
        Assert.Equal((PayloadType)200, complete.Result.OffendingPayload);
        Assert.Null(complete.Result.Message);
        Assert.Equal(32, complete.FirstDigest.Length);
    }

    [Fact]
    public void Telling_a_fragment_allocates_nothing()
    {
        using var forge = new FragmentForge();
        byte[] fragment = forge.Fragment(1, 2, Golden.Octets(20));
        byte[] whole = MessageCodec.WriteProtected(Golden.Header(), Golden.EveryPayload, forge.Receiver);
        bool told = MessageCodec.IsFragment(fragment) && !MessageCodec.IsFragment(whole);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 1000; i++) told &= MessageCodec.IsFragment(fragment) && !MessageCodec.IsFragment(whole);
        }));
        Assert.True(told);
    }

    [Fact]
    public void Only_an_authentic_first_fragment_asks_for_the_response_again()
    {
        using var forge = new FragmentForge();
        Assert.True(MessageCodec.IsAuthenticFirstFragment(forge.Fragment(1, 9, Golden.Octets(20)), forge.Receiver));
        Assert.False(MessageCodec.IsAuthenticFirstFragment(forge.Fragment(2, 9, Golden.Octets(20)), forge.Receiver));
        byte[] forged = forge.Fragment(1, 9, Golden.Octets(20));
        forged[^1] ^= 1;
        Assert.False(MessageCodec.IsAuthenticFirstFragment(forged, forge.Receiver));
        byte[] whole = MessageCodec.WriteProtected(Golden.Header(), Golden.EveryPayload, forge.Receiver);
        Assert.False(MessageCodec.IsAuthenticFirstFragment(whole, forge.Receiver));
    }

    private static ParseResult Reassemble(IReadOnlyList<byte[]> fragments, MessageProtector receiver, int seed)
    {
        using FragmentBuffer buffer = new(TimeSpan.FromSeconds(30));
        byte[][] order = [.. fragments];
        new Random(seed).Shuffle(order);
        foreach (byte[] fragment in order[..^1])
            Assert.IsType<FragmentVerdict.Incomplete>(buffer.Take(fragment, receiver, TimeSpan.Zero));
        return Assert.IsType<FragmentVerdict.Complete>(buffer.Take(order[^1], receiver, TimeSpan.Zero)).Result;
    }

    /// <summary>The same message as somebody on the path would send it, with a payload of unknown type before the one it has.</summary>
    private static byte[] Prefixed(byte[] message)
    {
        byte[] longer = [.. message[..IkeHeader.Size], message[16], 0, 0, 7, 1, 2, 3, .. message[IkeHeader.Size..]];
        longer[16] = 200;
        BinaryPrimitives.WriteUInt32BigEndian(longer.AsSpan(24), (uint)longer.Length);
        return longer;
    }
}
