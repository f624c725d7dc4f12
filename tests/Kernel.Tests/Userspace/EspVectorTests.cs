using System.Buffers.Binary;
using System.Security.Cryptography;
using Concentrator.Kernel.Userspace;

namespace Concentrator.Kernel.Tests.Userspace;

/// <summary>Published packets, and CBC against .NET's own.</summary>
public sealed class EspVectorTests
{
    private const string Gcm128Plain =
        "45000048699a000080114db7c0a80102c0a801010a9bf15638d301000001000000000000045f736970045f756470037369700963796265726369747902646b000021000101020201";

    [Theory]
    // draft-mcgrew-gcm-test-01 §4: 128 bits with ESN, 192, 256.
    [InlineData("gcm", "4c80cdefbb5d10da906ac73c3613a6342e443b68", "00004321", 0x8765432100000000UL, true, "4956ed7e3b244cfe", Gcm128Plain,
        "fecf537e729d5b07dc30df528dd22b768d1b98736696a6fd348509fa13ceac34cfa2436f14a3f3cf65925bf1f4a13c5d15b21e1884f5ff6247aeabb786b93bce61bc17d768fd9732459018148f6cbe722fd04796562dfdb4")]
    [InlineData("gcm", "feffe9928665731c6d6a8f9467308308feffe9928665731ccafebabe", "0000a5f8", 10, false, "facedbaddecaf888",
        "45000028a4ad4000400678800a01038f0a010612802306b8cb712602dd6bb03e501016d075680001",
        "a5b1f8066029aea40e598b8122de02420938b3ab33f828e687b8858b5bfbdbd0315b27452144cc7795457b9652037f5318027b5b4cd7a636")]
    [InlineData("gcm", "abbccddef00112233445566778899aababbccddef00112233445566778899aab11223344", "4a2cbfe3", 2, false, "0102030405060708",
        "4500003069a6400080062690c0a801029389155e0a9e008b2dc57ee0000000007002400020bf0000020405b40101040201020201",
        "ff425c9b724599df7a3bcd510194e00d6a78107f1b0b1cbf06efae9d65a5d763748a637985771d347f0545659f14e99def842d8eb335f4eecfdbf831824b4c4915956c96")]
    // RFC 7634 appendix A.
    [InlineData("chacha", "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3", "01020304", 5, false, "1011121314151617",
        "45000054a6f200004001e778c6336405c000020508005b7a3a080000553bec100007362708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363701020204",
        "24039428b97f417e3c13753a4f05087b67c352e6a7fab1b982d466ef407ae5c614ee8099d52844eb61aa95dfab4c02f72aa71e7c4c4f64c9befe2facc638e8f3cbec163fac469b502773f6fb94e664da9165b82829f641e076aaa8266b7fb0f7b11b369907e1ad43")]
    public void A_published_packet_opens(string cipher, string key, string spi, ulong sequence, bool esn, string iv, string plain, string sealedText)
    {
        using EspTransform transform = Create(cipher == "gcm" ? EspAlgorithms.AesGcm16(Convert.FromHexString(key)) : EspAlgorithms.ChaCha20Poly1305(Convert.FromHexString(key)), esn, encrypt: false);
        byte[] header = new byte[8];
        Convert.FromHexString(spi).CopyTo(header, 0);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), (uint)sequence);
        byte[] packet = [.. header, .. Convert.FromHexString(iv), .. Convert.FromHexString(sealedText)];
        byte[] copy = [.. packet];
        Assert.True(transform.TryOpen(packet, sequence));
        Assert.Equal(plain, Convert.ToHexStringLower(packet.AsSpan(transform.Front..^transform.IcvSize)));
        Assert.False(transform.TryOpen([.. copy[..^1], (byte)(copy[^1] ^ 1)], sequence));
        // The upper half is authenticated with ESN, and is nowhere without.
        Assert.Equal(!esn, transform.TryOpen(copy, sequence ^ 1UL << 40));
    }

    [Fact]
    public void Two_that_seal_under_one_key_and_number_use_no_iv_twice()
    {
        byte[] key = EspPair.Key(20);
        byte[][] ivs = [.. Enumerable.Range(0, 2).SelectMany(_ => Seal(EspAlgorithms.AesGcm16(key), sequences: 3))];
        Assert.Equal(6, ivs.Select(Convert.ToHexString).Distinct().Count());
    }

    private static List<byte[]> Seal(EspAlgorithms algorithms, int sequences)
    {
        using EspTransform transform = Create(algorithms, esn: false, encrypt: true);
        List<byte[]> ivs = [];
        for (ulong sequence = 1; sequence <= (ulong)sequences; sequence++)
        {
            byte[] packet = new byte[transform.Front + 64 + transform.IcvSize];
            Assert.True(transform.TrySeal(packet, sequence));
            ivs.Add(packet[EspTransform.HeaderSize..transform.Front]);
        }

        return ivs;
    }

    [Theory]
    // RFC 3602 §4, case 2 and 4: AES-CBC alone.
    [InlineData("c286696d887c9aa0611bbb3e2025a45a", "562e17996d093d28ddb3ba695a2e6f58",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "d296cd94c2cccf8a3a863028b5e1dc0a7586602d253cfff91b8266bea6d61ab1")]
    public void Cbc_is_aes_cbc(string key, string iv, string plain, string cipher)
    {
        using CipherContext encrypt = CipherContext.Create(Native.LibCrypto.EVP_aes_128_cbc(), Convert.FromHexString(key), encrypt: true)!;
        byte[] text = Convert.FromHexString(plain);
        Assert.True(encrypt.TransformCbc(Convert.FromHexString(iv), text));
        Assert.Equal(cipher, Convert.ToHexStringLower(text));
        using CipherContext decrypt = CipherContext.Create(Native.LibCrypto.EVP_aes_128_cbc(), Convert.FromHexString(key), encrypt: false)!;
        Assert.True(decrypt.TransformCbc(Convert.FromHexString(iv), text));
        Assert.Equal(plain, Convert.ToHexStringLower(text));
    }

    [Theory]
    [InlineData(16, 32, false)]
    [InlineData(24, 48, true)]
    [InlineData(32, 64, true)]
    [InlineData(32, 32, false)]
    public void Cbc_with_hmac_is_what_an_independent_writer_writes(int keySize, int hashSize, bool esn)
    {
        byte[] key = EspPair.Key(keySize), integrity = EspPair.Key(hashSize), iv = EspPair.Key(16), plain = new byte[96];
        const ulong Sequence = 0x0000000500000009;
        byte[] header = [0xc0, 0, 0, 2, 0, 0, 0, 9];
        using Aes aes = Aes.Create();
        aes.Key = key;
        byte[] authentic = [.. header, .. iv, .. aes.EncryptCbc(plain, iv, PaddingMode.None)];
        byte[] hashed = esn ? [.. authentic, 0, 0, 0, 5] : authentic;
        byte[] icv = hashSize switch { 32 => HMACSHA256.HashData(integrity, hashed), 48 => HMACSHA384.HashData(integrity, hashed), _ => HMACSHA512.HashData(integrity, hashed) };
        byte[] packet = [.. authentic, .. icv.AsSpan(0, hashSize / 2)];

        KernelAlgorithm hmac = hashSize switch { 32 => EspAlgorithms.HmacSha256(integrity), 48 => EspAlgorithms.HmacSha384(integrity), _ => EspAlgorithms.HmacSha512(integrity) };
        using EspTransform open = Create(EspAlgorithms.AesCbc(key, hmac), esn, encrypt: false);
        Assert.True(open.TryOpen(packet, Sequence));
        Assert.Equal(plain, packet[open.Front..^open.IcvSize]);

        using EspTransform seal = Create(EspAlgorithms.AesCbc(key, hmac), esn, encrypt: true);
        byte[] first = Seal(seal, header, plain, Sequence), second = Seal(seal, header, plain, Sequence);
        Assert.NotEqual(first[8..24], second[8..24]);
        Assert.True(open.TryOpen(first, Sequence));
        Assert.Equal(plain, first[open.Front..^open.IcvSize]);
    }

    [Theory]
    [InlineData("no(such)", 20, 128, Errno.ENOSYS)]
    [InlineData("rfc4106(gcm(aes))", 20, 64, Errno.ENOSYS)]
    [InlineData("rfc4106(gcm(aes))", 21, 128, Errno.EINVAL)]
    [InlineData("rfc4106(gcm(aes))", 4, 128, Errno.EINVAL)]
    [InlineData("rfc7539esp(chacha20,poly1305)", 32, 128, Errno.EINVAL)]
    public void An_unknown_algorithm_and_a_wrong_key_are_refused_in_the_kernels_words(string name, int key, int icvBits, int errno)
    {
        EspAlgorithms algorithms = new(new KernelAlgorithm(name, new byte[key], icvBits), null, null);
        Assert.Null(EspTransforms.Create(algorithms, false, true, out XfrmReply refusal));
        Assert.Equal(errno, refusal.Error);
        Assert.NotEmpty(refusal.ExtAck);
    }

    private static byte[] Seal(EspTransform seal, byte[] header, byte[] plain, ulong sequence)
    {
        byte[] packet = [.. header, .. new byte[seal.IvSize], .. plain, .. new byte[seal.IcvSize]];
        Assert.True(seal.TrySeal(packet, sequence));
        return packet;
    }

    private static EspTransform Create(EspAlgorithms algorithms, bool esn, bool encrypt) =>
        EspTransforms.Create(algorithms, esn, encrypt, out XfrmReply refusal) ?? throw new InvalidOperationException(refusal.ToString());
}
