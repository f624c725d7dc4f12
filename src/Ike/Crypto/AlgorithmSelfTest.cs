using System.Buffers.Binary;
using System.Security.Cryptography;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto;

/// <summary>
/// One known answer for every algorithm of IKE, run at start through the very code that will use it: an algorithm that this machine's
/// libraries lack, refuse or compute wrongly is not proposed. An answer is the first 8 octets of SHA-256 over what came out, compared
/// with values that another implementation gave.
/// </summary>
public static class AlgorithmSelfTest
{
    private const ulong FirstIv = 0x0001_0203_0405_0607;
    private const int PrefixLength = 32;
    private const int TextLength = 32;

    private static readonly (EncryptionId Id, ushort KeyLength, ulong Answer)[] EncryptionAnswers =
    [
        (EncryptionId.AesGcm16, 128, 0x82AA1E9502C0B306),
        (EncryptionId.AesGcm16, 192, 0x883217F7AD53F038),
        (EncryptionId.AesGcm16, 256, 0xABF8AA3789851E2D),
        (EncryptionId.ChaCha20Poly1305, 0, 0x7F8D2F4DA47B6D4B),
        (EncryptionId.AesCbc, 128, 0x394E5A6C20D12FC0),
        (EncryptionId.AesCbc, 192, 0x063293E242F9AECD),
        (EncryptionId.AesCbc, 256, 0x1B74EBBBD659C650),
    ];

    private static readonly (IntegrityId Id, ulong Answer)[] IntegrityAnswers =
    [
        (IntegrityId.HmacSha1_96, 0x5430BAFB132E012D),
        (IntegrityId.HmacSha256_128, 0x394E5A6C20D12FC0),
        (IntegrityId.HmacSha384_192, 0x0DA7C0B073ADB996),
        (IntegrityId.HmacSha512_256, 0x9D64EA4EB02BB2A5),
    ];

    private static readonly (PrfId Id, ulong Answer)[] PrfAnswers =
    [
        (PrfId.HmacSha1, 0x9BCB7883D214C2DF),
        (PrfId.HmacSha256, 0xCB700BF1F1990DDD),
        (PrfId.HmacSha384, 0x5DF8D361C401D7A6),
        (PrfId.HmacSha512, 0x6064FCEAE28F70EC),
    ];

    private static readonly (KeyExchangeMethod Method, ulong Answer)[] KeyExchangeAnswers =
    [
        (KeyExchangeMethod.Curve25519, 0xB671DF13B7C84382),
        (KeyExchangeMethod.Ecp256, 0x8AEB49EB3CAC1859),
        (KeyExchangeMethod.Ecp384, 0x3C786EED50F612D4),
        (KeyExchangeMethod.Modp2048, 0xC497035E111ECFC8),
        (KeyExchangeMethod.Modp3072, 0xBB567686EE454ECC),
        (KeyExchangeMethod.Modp4096, 0x86F98C42B3642D7A),
    ];

    /// <summary>Tries every algorithm and returns those that gave the known answer. Some milliseconds; never throws for a failing one.</summary>
    public static AlgorithmSet Run() => new(
        EncryptionAnswers.Where(e => Passes(() => Protection(e.Id, e.KeyLength, IntegrityId.HmacSha256_128), e.Answer))
            .Select(e => (e.Id, e.KeyLength)),
        IntegrityAnswers.Where(i => Passes(() => Protection(EncryptionId.AesCbc, 128, i.Id), i.Answer)).Select(i => i.Id),
        PrfAnswers.Where(p => Passes(() => Pseudorandom(p.Id), p.Answer)).Select(p => p.Id),
        KeyExchangeAnswers.Where(k => Passes(() => Exchange(k.Method), k.Answer)).Select(k => k.Method));

    /// <summary>What a provider throws when it lacks or refuses an algorithm counts as a failure; anything else is a bug and goes on.</summary>
    internal static bool Passes(Func<byte[]> produce, ulong answer)
    {
        try
        {
            return BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(produce())) == answer;
        }
        catch (Exception refused) when (refused is CryptographicException or PlatformNotSupportedException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>A message sealed; empty when it does not open again, or opens after a bit of it was turned.</summary>
    private static byte[] Protection(EncryptionId id, ushort keyLength, IntegrityId integrityId)
    {
        EncryptionAlgorithm encryption = AlgorithmTable.Find(id)!;
        IkeSuite suite = new(
            id, keyLength, encryption.IsAead ? IntegrityId.None : integrityId, PrfId.HmacSha256, KeyExchangeMethod.Curve25519);
        byte[] encryptionKey = Sequence(encryption.KeyingOctets(keyLength), 0);
        byte[] integrityKey = Sequence(AlgorithmTable.IntegrityKeying(suite.Integrity), 0x80);
        using MessageProtector protector = MessageProtector.Create(suite, encryptionKey, integrityKey, SequenceSource.Instance, incarnation: (ushort)(FirstIv >> 48));
        if (protector is AeadProtector aead) aead.NextIv = FirstIv;

        byte[] text = Sequence(TextLength, 0x40);
        text[^1] = 0;
        byte[] message = new byte[PrefixLength + protector.IvLength + TextLength + protector.IcvLength];
        Sequence(PrefixLength, 0).CopyTo(message, 0);
        text.CopyTo(message, PrefixLength + protector.IvLength);
        protector.Seal(message, PrefixLength);

        byte[] opened = [.. message];
        byte[] forged = [.. message];
        forged[0] ^= 1;
        bool faithful = protector.TryOpen(opened, PrefixLength, out int offset, out int length)
            && opened.AsSpan(offset, length).SequenceEqual(text.AsSpan()[..^1])
            && !protector.TryOpen(forged, PrefixLength, out _, out _);
        return faithful ? message : [];
    }

    private static byte[] Pseudorandom(PrfId id)
    {
        byte[] text = Sequence(TextLength, 0x40);
        text[^1] = 0;
        byte[] output = new byte[Prf.OutputLength(id)];
        Prf.Compute(id, Sequence(output.Length, 0), text, output);
        return output;
    }

    /// <summary>The public value, then what comes of agreeing with oneself.</summary>
    private static byte[] Exchange(KeyExchangeMethod method)
    {
        using IKeyExchange exchange = KeyExchanges.Generate(method, SequenceSource.Instance);
        using Secret? shared = exchange.Agree(exchange.PublicValue.Span);
        return shared is null ? [] : [.. exchange.PublicValue.Span, .. shared.Span];
    }

    private static byte[] Sequence(int length, byte first)
    {
        byte[] octets = new byte[length];
        for (int i = 0; i < length; i++)
            octets[i] = (byte)(first + i);
        return octets;
    }

    private sealed class SequenceSource : IRandom
    {
        internal static readonly SequenceSource Instance = new();

        public void Fill(Span<byte> buffer) => Sequence(buffer.Length, 0).CopyTo(buffer);
    }
}
