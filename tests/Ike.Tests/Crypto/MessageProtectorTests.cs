using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Tests.Shared;
using CsCheck;

namespace Concentrator.Ike.Tests.Crypto;

/// <summary>What holds for every protector: nothing forged opens, nothing throws for a peer's octets, IVs do not repeat.</summary>
public sealed class MessageProtectorTests
{
    private const int PrefixLength = 32;

    public static TheoryData<EncryptionId, ushort, IntegrityId> Suites => new()
    {
        { EncryptionId.AesGcm16, 128, IntegrityId.None },
        { EncryptionId.AesGcm16, 192, IntegrityId.None },
        { EncryptionId.AesGcm16, 256, IntegrityId.None },
        { EncryptionId.ChaCha20Poly1305, 0, IntegrityId.None },
        { EncryptionId.AesCbc, 128, IntegrityId.HmacSha1_96 },
        { EncryptionId.AesCbc, 128, IntegrityId.HmacSha256_128 },
        { EncryptionId.AesCbc, 192, IntegrityId.HmacSha384_192 },
        { EncryptionId.AesCbc, 256, IntegrityId.HmacSha512_256 },
    };

    [Theory]
    [MemberData(nameof(Suites))]
    public void Opens_what_it_sealed_whatever_the_length(EncryptionId encryption, ushort keyLength, IntegrityId integrity)
    {
        using MessageProtector protector = Create(encryption, keyLength, integrity);
        for (int length = 0; length < 70; length++)
        {
            byte[] text = new SeededRandom((ulong)length).Octets(length);
            byte[] message = Message(protector, text);
            protector.Seal(message, PrefixLength);
            Assert.True(protector.TryOpen(message, PrefixLength, out int offset, out int opened));
            Assert.Equal(text, message[offset..(offset + opened)]);
        }
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void No_bit_of_a_sealed_message_can_be_turned(EncryptionId encryption, ushort keyLength, IntegrityId integrity)
    {
        using MessageProtector protector = Create(encryption, keyLength, integrity);
        byte[] message = Message(protector, "a delete payload"u8);
        protector.Seal(message, PrefixLength);
        for (int bit = 0; bit < message.Length * 8; bit++)
        {
            byte[] forged = [.. message];
            forged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(protector.TryOpen(forged, PrefixLength, out int offset, out int length));
            Assert.Equal((0, 0), (offset, length));
        }
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void No_part_of_a_sealed_message_opens(EncryptionId encryption, ushort keyLength, IntegrityId integrity)
    {
        using MessageProtector protector = Create(encryption, keyLength, integrity);
        byte[] message = Message(protector, new byte[50]);
        protector.Seal(message, PrefixLength);
        for (int length = 0; length < message.Length; length++)
            Assert.False(protector.TryOpen(message.AsSpan()[..length].ToArray(), PrefixLength, out _, out _));
        Assert.False(protector.TryOpen([.. message, 0], PrefixLength, out _, out _));
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Neither_random_octets_nor_any_offset_throw(EncryptionId encryption, ushort keyLength, IntegrityId integrity)
    {
        using MessageProtector protector = Create(encryption, keyLength, integrity);
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[-5, 210]).Sample(
            (octets, offset) => !protector.TryOpen(octets, offset, out _, out _), iter: 500, threads: 1);
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Offsets_at_the_ends_of_the_range_do_not_throw(EncryptionId encryption, ushort keyLength, IntegrityId integrity)
    {
        using MessageProtector protector = Create(encryption, keyLength, integrity);
        foreach (int offset in new[] { int.MinValue, -1, 200, 201, int.MaxValue })
            Assert.False(protector.TryOpen(new byte[200], offset, out _, out _));
    }

    /// <summary>RFC 7296 §3.14: any amount of padding is accepted, and a Pad Length that reaches before the plaintext is not.</summary>
    [Theory]
    [MemberData(nameof(Suites))]
    public void Padding_may_be_all_there_is_but_not_more(EncryptionId encryption, ushort keyLength, IntegrityId integrity)
    {
        using MessageProtector protector = Create(encryption, keyLength, integrity);
        const int padded = 64;
        for (int padLength = 0; padLength <= byte.MaxValue; padLength++)
        {
            byte[] message = new byte[PrefixLength + protector.IvLength + padded + protector.IcvLength];
            message[PrefixLength + protector.IvLength + padded - 1] = (byte)padLength;
            protector.Seal(message, PrefixLength);

            bool opened = protector.TryOpen(message, PrefixLength, out _, out int length);

            Assert.Equal(padLength < padded, opened);
            Assert.Equal(opened ? padded - 1 - padLength : 0, length);
        }
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Ivs_do_not_repeat(EncryptionId encryption, ushort keyLength, IntegrityId integrity)
    {
        using MessageProtector protector = Create(encryption, keyLength, integrity);
        HashSet<string> seen = [];
        for (int i = 0; i < 1000; i++)
        {
            byte[] message = Message(protector, default);
            protector.Seal(message, PrefixLength);
            Assert.True(seen.Add(Hex.Of(message.AsSpan(PrefixLength, protector.IvLength))));
        }
    }

    [Fact]
    public void When_the_ivs_of_an_incarnation_are_used_up_nothing_more_is_sealed()
    {
        IkeSuite suite = Suite(EncryptionId.AesGcm16, 128, IntegrityId.None);
        using MessageProtector protector = MessageProtector.Create(suite, new byte[20], default, new ScriptedRandom(), incarnation: 7);
        ((AeadProtector)protector).NextIv = 0x0007_ffff_ffff_ffff;
        byte[] last = Message(protector, default);
        byte[] none = Message(protector, default);

        protector.Seal(last, PrefixLength);

        Assert.Equal("0007ffffffffffff", Hex.Of(last.AsSpan(PrefixLength, 8)));
        Assert.Throws<InvalidOperationException>(() => protector.Seal(none, PrefixLength));
    }

    /// <summary>A node that takes an SA over counts under an incarnation of its own: the counters of the two never meet.</summary>
    [Fact]
    public void Two_incarnations_of_one_key_count_apart()
    {
        IkeSuite suite = Suite(EncryptionId.ChaCha20Poly1305, 0, IntegrityId.None);
        using MessageProtector before = MessageProtector.Create(suite, new byte[36], default, new ScriptedRandom());
        using MessageProtector after = MessageProtector.Create(suite, new byte[36], default, new ScriptedRandom(), incarnation: 1);
        byte[] one = Message(before, default);
        byte[] other = Message(after, default);

        before.Seal(one, PrefixLength);
        after.Seal(other, PrefixLength);

        Assert.Equal("0000000000000000", Hex.Of(one.AsSpan(PrefixLength, 8)));
        Assert.Equal("0001000000000000", Hex.Of(other.AsSpan(PrefixLength, 8)));
        Assert.True(after.TryOpen(one, PrefixLength, out _, out _));
    }

    [Theory]
    [InlineData(EncryptionId.AesGcm16, 128, IntegrityId.None)]
    [InlineData(EncryptionId.ChaCha20Poly1305, 0, IntegrityId.None)]
    public void An_aead_allocates_nothing_per_message(EncryptionId encryption, ushort keyLength, IntegrityId integrity)
    {
        using MessageProtector protector = Create(encryption, keyLength, integrity);
        byte[] message = Message(protector, new byte[200]);
        SealAndOpen(protector, message, 100);

        Assert.Equal(0, Allocations.Least(() => SealAndOpen(protector, message, 100)));
    }

    [Theory]
    [InlineData(EncryptionId.AesGcm16, 128, IntegrityId.HmacSha256_128, 20, 32)]
    [InlineData(EncryptionId.AesCbc, 128, IntegrityId.None, 16, 0)]
    [InlineData(EncryptionId.AesGcm8, 128, IntegrityId.None, 20, 0)]
    [InlineData(EncryptionId.None, 0, IntegrityId.HmacSha256_128, 0, 32)]
    [InlineData(EncryptionId.AesGcm16, 128, IntegrityId.None, 16, 0)]
    [InlineData(EncryptionId.AesGcm16, 100, IntegrityId.None, 20, 0)]
    [InlineData(EncryptionId.ChaCha20Poly1305, 256, IntegrityId.None, 36, 0)]
    [InlineData(EncryptionId.AesCbc, 128, IntegrityId.HmacSha256_128, 16, 16)]
    public void Suites_that_cannot_protect_a_message_are_refused(
        EncryptionId encryption, ushort keyLength, IntegrityId integrity, int encryptionOctets, int integrityOctets) =>
        Assert.ThrowsAny<ArgumentException>(() => MessageProtector.Create(
            Suite(encryption, keyLength, integrity), new byte[encryptionOctets], new byte[integrityOctets], new SeededRandom(0)));

    [Theory]
    [MemberData(nameof(Suites))]
    public void A_message_without_room_is_a_fault_of_the_caller(EncryptionId encryption, ushort keyLength, IntegrityId integrity)
    {
        using MessageProtector protector = Create(encryption, keyLength, integrity);
        Assert.Throws<ArgumentException>(() => protector.Seal(new byte[protector.IvLength + protector.IcvLength], 0));
    }

    private static void SealAndOpen(MessageProtector protector, byte[] message, int times)
    {
        for (int i = 0; i < times; i++)
        {
            message[^(protector.IcvLength + 1)] = 0;
            protector.Seal(message, PrefixLength);
            if (!protector.TryOpen(message, PrefixLength, out _, out _))
                throw new InvalidOperationException("What was sealed did not open.");
        }
    }

    private static IkeSuite Suite(EncryptionId encryption, ushort keyLength, IntegrityId integrity) =>
        new(encryption, keyLength, integrity, PrfId.HmacSha256, KeyExchangeMethod.Curve25519);

    internal static MessageProtector Create(EncryptionId encryption, ushort keyLength, IntegrityId integrity)
    {
        SeededRandom random = new(17);
        byte[] encryptionKey = random.Octets(AlgorithmTable.Find(encryption)!.KeyingOctets(keyLength));
        byte[] integrityKey = random.Octets(AlgorithmTable.Find(integrity)?.KeyOctets ?? 0);
        return MessageProtector.Create(Suite(encryption, keyLength, integrity), encryptionKey, integrityKey, random);
    }

    /// <summary>A message ready to be sealed: a prefix, room for the IV, the text padded to whole blocks, room for the ICV.</summary>
    private static byte[] Message(MessageProtector protector, ReadOnlySpan<byte> text)
    {
        int padLength = protector.BlockLength - 1 - (text.Length % protector.BlockLength);
        byte[] prefix = new SeededRandom(8).Octets(PrefixLength);
        return
        [
            .. prefix, .. new byte[protector.IvLength], .. text, .. new byte[padLength], (byte)padLength, .. new byte[protector.IcvLength],
        ];
    }
}
