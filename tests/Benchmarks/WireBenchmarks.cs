using BenchmarkDotNet.Attributes;
using Concentrator.Ike;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Benchmarks;

/// <summary>What every datagram costs: the header alone, and an IKE_AUTH request decrypted and parsed.</summary>
[MemoryDiagnoser]
public class WireBenchmarks
{
    private static readonly IkeSuite Suite =
        new(EncryptionId.AesGcm16, 128, IntegrityId.None, PrfId.HmacSha256, KeyExchangeMethod.Curve25519);

    private byte[] _request = [];
    private byte[] _copy = [];
    private MessageProtector _protector = null!;

    [GlobalSetup]
    public void Setup()
    {
        byte[] key = new byte[20];
        using MessageProtector sender = MessageProtector.Create(Suite, key, default, new CountingRandom());
        _protector = MessageProtector.Create(Suite, key, default, new CountingRandom());
        var header = new IkeHeader(1, 2, PayloadType.None, IkeHeader.Version2, ExchangeType.IkeAuth, IkeFlags.Initiator, 1, 0);
        _request = MessageCodec.WriteProtected(header, AuthPayloads(), sender);
        _copy = new byte[_request.Length];
    }

    [GlobalCleanup]
    public void Cleanup() => _protector.Dispose();

    [Benchmark]
    public uint HeaderParse() => IkeHeader.TryRead(_request, out IkeHeader header) ? header.MessageId + header.Length : 0;

    [Benchmark]
    public IkeMessage IkeAuthParseAndDecrypt()
    {
        _request.CopyTo(_copy, 0);
        return MessageCodec.ParseProtected(_copy, _protector).Message!;
    }

    private static List<Payload> AuthPayloads()
    {
        var selector = Ike.Selectors.TrafficSelector.Parse("10.1.0.0/24");
        return
        [
            IdPayload.Create(PayloadType.IdentificationInitiator, Identity.Parse("moon.example.org")),
            new AuthPayload(AuthMethod.SharedKeyMic, new byte[32]),
            new SaPayload([ProposalParser.ParseEsp("aes128gcm16", 1).WithSpi(0xc0000001)]),
            new TsPayload(PayloadType.TrafficSelectorInitiator, [selector]),
            new TsPayload(PayloadType.TrafficSelectorResponder, [selector]),
            new NotifyPayload(NotifyType.InitialContact),
        ];
    }

    private sealed class CountingRandom : IRandom
    {
        private byte _next;

        public void Fill(Span<byte> buffer)
        {
            foreach (ref byte octet in buffer) octet = _next++;
        }
    }
}
