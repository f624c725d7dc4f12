using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Concentrator.Ike;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;

namespace Concentrator.Benchmarks;

/// <summary>SKEYSEED, the seven SK_* keys, and one child's KEYMAT; and what a key exchange costs beside them.</summary>
[MemoryDiagnoser]
public class KeyBenchmarks : IDisposable
{
    private static readonly IkeSuite IkeSuite =
        new(EncryptionId.AesGcm16, 128, IntegrityId.None, PrfId.HmacSha256, KeyExchangeMethod.Curve25519);

    private static readonly EspSuite EspSuite = new(EncryptionId.AesGcm16, 128, IntegrityId.None, false, KeyExchangeMethod.None);

    private readonly byte[] _nonceI = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] _nonceR = RandomNumberGenerator.GetBytes(32);
    private readonly Secret _shared = new(RandomNumberGenerator.GetBytes(32));
    private readonly IRandom _random = new OsRandom();

    [GlobalCleanup]
    public void Dispose()
    {
        _shared.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public int IkeAndChildKeys()
    {
        using IkeKeys keys = IkeKeys.Derive(IkeSuite, _shared, _nonceI, _nonceR, 1, 2);
        using ChildKeys child = ChildKeys.Derive(EspSuite, PrfId.HmacSha256, keys.D, _nonceI, _nonceR, null);
        return child.EncryptionInitiator.Length;
    }

    [Benchmark]
    public int X25519PairAndAgreement() => PairAndAgreement(KeyExchangeMethod.Curve25519);

    [Benchmark]
    public int Modp2048PairAndAgreement() => PairAndAgreement(KeyExchangeMethod.Modp2048);

    private int PairAndAgreement(KeyExchangeMethod method)
    {
        using IKeyExchange exchange = KeyExchanges.Generate(method, _random);
        using Secret? secret = exchange.Agree(exchange.PublicValue.Span);
        return secret!.Length;
    }

    private sealed class OsRandom : IRandom
    {
        public void Fill(Span<byte> buffer) => RandomNumberGenerator.Fill(buffer);
    }
}
