using System.Net;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Session;

/// <summary>An initiator without a state machine: it does IKE_SA_INIT properly, and puts into IKE_AUTH whatever the test likes.</summary>
internal sealed class HandmadeInitiator : IDisposable
{
    private static readonly IkeSuite Suite =
        new(EncryptionId.AesGcm16, 128, IntegrityId.None, PrfId.HmacSha256, KeyExchangeMethod.Curve25519);

    private static readonly IPEndPoint Address = new(IPAddress.Parse("192.0.2.1"), 500);

    private readonly SeededRandom _random = new(11);
    private readonly TestPeer _responder;
    private readonly IkeKeys _keys;
    private readonly MessageProtector _outbound;
    private readonly MessageProtector _inbound;
    private readonly byte[] _request;
    private readonly byte[] _nonceR;

    public HandmadeInitiator(TestPeer responder, params Payload[] initExtras)
    {
        _responder = responder;
        using IKeyExchange exchange = KeyExchanges.Generate(Suite.KeyExchange, _random);
        byte[] nonceI = _random.Octets(32);
        _request = MessageCodec.WriteClear(
            Header(0, ExchangeType.IkeSaInit, 0),
            [
                new SaPayload([ProposalParser.ParseIke("aes128gcm16-prfsha256-x25519", 1)]), new KePayload(Suite.KeyExchange, exchange.PublicValue),
                new NoncePayload(nonceI), .. initExtras,
            ]);
        InitResponse = MessageCodec.ParseClear(Exchange(_request)!).Message!;
        _nonceR = InitResponse.Find<NoncePayload>()!.Data.ToArray();
        using Secret shared = exchange.Agree(InitResponse.Find<KePayload>()!.Data.Span)!;
        _keys = IkeKeys.Derive(Suite, shared, nonceI, _nonceR, Pair.InitiatorSpi, InitResponse.Header.ResponderSpi);
        _outbound = MessageProtector.Create(Suite, _keys.Ei.Span, default, _random);
        _inbound = MessageProtector.Create(Suite, _keys.Er.Span, default, _random);
    }

    public IkeMessage InitResponse { get; }

    public byte[] OctetsToSign(IdPayload id) => SignedOctets.Of(Suite.Prf, _request, _nonceR, _keys.Pi.Span, id.Body.Span);

    /// <summary>Sends IKE_AUTH, without a child; null when the responder does not answer at once.</summary>
    public IkeMessage? SendAuth(params Payload[] payloads)
    {
        byte[] request = MessageCodec.WriteProtected(Header(InitResponse.Header.ResponderSpi, ExchangeType.IkeAuth, 1), payloads, _outbound);
        return Exchange(request) is { } response ? MessageCodec.ParseProtected(response, _inbound).Message : null;
    }

    public void Dispose()
    {
        _keys.Dispose();
        _outbound.Dispose();
        _inbound.Dispose();
    }

    private byte[]? Exchange(byte[] request)
    {
        _responder.Handle(new DatagramReceived(request.ToArray(), new IkePath(_responder.Address, Address, false)), TimeSpan.Zero);
        return _responder.Outbox.TryDequeue(out Packet? packet) ? packet.Octets : null;
    }

    private static IkeHeader Header(ulong spiR, ExchangeType exchange, uint id) =>
        new(Pair.InitiatorSpi, spiR, PayloadType.None, IkeHeader.Version2, exchange, IkeFlags.Initiator, id, 0);
}
