using System.Buffers.Binary;
using System.Security.Cryptography;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Tests.Crypto;

/// <summary>Published vectors of each cipher, sealed and opened through the protector: prefix | IV | ciphertext | ICV.</summary>
public sealed class MessageProtectorVectorTests
{
    private const string GcmKey = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
    private const string GcmNonce = "cafebabefacedbaddecaf888";
    private const string GcmAad = "feedfacedeadbeeffeedfacedeadbeefabaddad2";

    private const string GcmText =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";

    private const string ChaChaKey = "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f";

    /// <summary>A whole IKEv2 INFORMATIONAL request with N(SET_WINDOW_SIZE).</summary>
    [Fact]
    public void Rfc7634_appendix_B()
    {
        const string header = "c0c1c2c3c4c5c6c7 d0d1d2d3d4d5d6d7 2e202500 00000009 00000045 29000029";
        const string sealedBody = "1011121314151617 610394701f8d017f7c12924889 6b71bfe25236efd7cdc67066906315b2";

        Check(Suite(EncryptionId.ChaCha20Poly1305, 0), ChaChaKey, "a0a1a2a31011121314151617", header, "0000000c000040010000000a00", sealedBody);
        Assert.Equal(0x45, Hex.Bytes(header + sealedBody).Length);
    }

    /// <summary>An ESP packet; its plaintext ends with the Next Header octet 4, which this layout reads as four octets of padding.</summary>
    [Fact]
    public void Rfc7634_appendix_A() => Check(
        Suite(EncryptionId.ChaCha20Poly1305, 0),
        ChaChaKey,
        "a0a1a2a31011121314151617",
        "0102030400000005",
        """
        45000054a6f200004001e778c6336405c000020508005b7a3a080000553bec100007362708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
        202122232425262728292a2b2c2d2e2f303132333435363701020204
        """,
        """
        1011121314151617
        24039428b97f417e3c13753a4f05087b67c352e6a7fab1b982d466ef407ae5c614ee8099d52844eb61aa95dfab4c02f7
        2aa71e7c4c4f64c9befe2facc638e8f3cbec163fac469b502773f6fb94e664da9165b82829f641e0
        76aaa8266b7fb0f7b11b369907e1ad43
        """);

    [Fact]
    public void Rfc8439_section_2_8_2() => Check(
        Suite(EncryptionId.ChaCha20Poly1305, 0),
        ChaChaKey,
        "070000004041424344454647",
        "50515253c0c1c2c3c4c5c6c7",
        """
        4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966204920636f756c64206f6666657220796f75
        206f6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73637265656e20776f756c642062652069742e
        """,
        """
        4041424344454647
        d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36
        92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116
        1ae10b594f09e26a7e902ecbd0600691
        """);

    /// <summary>Test cases 4, 10 and 16 of the GCM specification (McGrew and Viega).</summary>
    [Theory]
    [InlineData(
        128,
        "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
        "5bc94fbc3221a5db94fae95ae7121a47")]
    [InlineData(
        192,
        "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c7d773d00c144c525ac619d18c84a3f4718e2448b2fe324d9ccda2710",
        "2519498e80f1478f37ba55bd6d27618c")]
    [InlineData(
        256,
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
        "76fc6ece0f4e1768cddf8853bb2d551b")]
    public void Gcm_specification(ushort keyLength, string ciphertext, string tag) => Check(
        Suite(EncryptionId.AesGcm16, keyLength),
        GcmKey[..(keyLength / 4)],
        GcmNonce,
        GcmAad,
        GcmText,
        GcmNonce[8..] + ciphertext + tag);

    /// <summary>RFC 3602 §4 cases 1 to 4 (128 bits), SP 800-38A F.2.3 and F.2.5 (192, 256). The ICV is an HMAC computed apart.</summary>
    [Theory]
    [InlineData(
        "06a9214036b8a15b512e03d534120006", "3dafba429d9eb430b422da802c9fac41",
        "53696e676c6520626c6f636b206d7367", "e353779c1079aeb82708942dbe77181a")]
    [InlineData(
        "c286696d887c9aa0611bbb3e2025a45a", "562e17996d093d28ddb3ba695a2e6f58",
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "d296cd94c2cccf8a3a863028b5e1dc0a7586602d253cfff91b8266bea6d61ab1")]
    [InlineData(
        "6c3ea0477630ce21a2ce334aa746c2cd", "c782dc4c098c66cbd9cd27d825682c81",
        "5468697320697320612034382d62797465206d657373616765202865786163746c7920332041455320626c6f636b7329",
        "d0a02b3836451753d493665d33f0e8862dea54cdb293abc7506939276772f8d5021c19216bad525c8579695d83ba2684")]
    [InlineData(
        "56e47a38c5598974bc46903dba290349", "8ce82eefbea0da3c44699ed7db51b7d9",
        "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf",
        "c30e32ffedc0774e6aff6af0869f71aa0f3af07a9a31a9c684db207eb0ef8e4e35907aa632c3ffdf868bb7b29d3d46ad83ce9f9a102ee99d49a53e87f4c3da55")]
    [InlineData(
        "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "000102030405060708090a0b0c0d0e0f",
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
        "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd")]
    [InlineData(
        "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "000102030405060708090a0b0c0d0e0f",
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
        "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b")]
    public void Cbc(string key, string iv, string text, string ciphertext)
    {
        byte[] integrityKey = new SeededRandom(4).Octets(32);
        byte[] prefix = new SeededRandom(5).Octets(32);
        byte[] covered = [.. prefix, .. Hex.Bytes(iv), .. Hex.Bytes(ciphertext)];
        byte[] expected = [.. covered, .. HMACSHA256.HashData(integrityKey, covered)[..16]];
        IkeSuite suite = Suite(EncryptionId.AesCbc, (ushort)(key.Length * 4), IntegrityId.HmacSha256_128);
        using MessageProtector protector =
            MessageProtector.Create(suite, Hex.Bytes(key), integrityKey, new ScriptedRandom(Hex.Bytes(iv)));

        byte[] message = [.. prefix, .. new byte[16], .. Hex.Bytes(text), .. new byte[16]];
        protector.Seal(message, prefix.Length);

        Assert.Equal(expected, message);
    }

    private static IkeSuite Suite(EncryptionId encryption, ushort keyLength, IntegrityId integrity = IntegrityId.None) =>
        new(encryption, keyLength, integrity, PrfId.HmacSha256, KeyExchangeMethod.Curve25519);

    private static void Check(IkeSuite suite, string key, string nonce, string prefix, string text, string sealedBody)
    {
        byte[] plain = Hex.Bytes(text);
        byte[] head = Hex.Bytes(prefix);
        byte[] iv = Hex.Bytes(nonce)[4..];
        using MessageProtector protector =
            MessageProtector.Create(suite, Hex.Bytes(key + nonce[..8]), default, new ScriptedRandom(), BinaryPrimitives.ReadUInt16BigEndian(iv));
        ((AeadProtector)protector).NextIv = BinaryPrimitives.ReadUInt64BigEndian(iv);

        byte[] message = [.. head, .. new byte[8], .. plain, .. new byte[16]];
        protector.Seal(message, head.Length);
        Assert.Equal(Hex.Bytes(prefix + sealedBody), message);

        Assert.True(protector.TryOpen(message, head.Length, out int offset, out int length));
        Assert.Equal(head.Length + 8, offset);
        Assert.Equal(plain.Length - 1 - plain[^1], length);
        Assert.Equal(plain, message[offset..(offset + plain.Length)]);
    }
}
