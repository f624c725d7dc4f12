using System.Text;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Session;

/// <summary>A responder without a state machine, before the initiator of a pair: it answers IKE_SA_INIT properly, and everything after it as the test likes.</summary>
internal sealed class HandmadeResponder : IDisposable
{
    private static readonly IkeSuite Suite =
        new(EncryptionId.AesGcm16, 128, IntegrityId.None, PrfId.HmacSha256, KeyExchangeMethod.Curve25519);

    private readonly SeededRandom _random = new(12);
    private readonly Pair _pair;
    private readonly byte[] _response;
    private readonly byte[] _nonceI;
    private readonly IkeKeys _keys;
    private readonly MessageProtector _outbound;
    private readonly MessageProtector _inbound;

    /// <summary>Starts the initiator, and takes it as far as its IKE_AUTH request, which is <see cref="Request"/> then.</summary>
    public HandmadeResponder(Pair pair, params Payload[] initExtras)
    {
        _pair = pair;
        pair.Start();
        IkeMessage init = MessageCodec.ParseClear(pair.Initiator.Outbox.Dequeue().Octets).Message!;
        _nonceI = init.Find<NoncePayload>()!.Data.ToArray();
        byte[] nonceR = _random.Octets(32);
        using IKeyExchange exchange = KeyExchanges.Generate(Suite.KeyExchange, _random);
        using Secret shared = exchange.Agree(init.Find<KePayload>()!.Data.Span)!;
        IkeHeader header = init.Header with { ResponderSpi = Pair.ResponderSpi, Flags = IkeFlags.Response };
        _response = MessageCodec.WriteClear(
            header, [new SaPayload([HandmadeInitiator.IkeOffer]), new KePayload(Suite.KeyExchange, exchange.PublicValue), new NoncePayload(nonceR), .. initExtras]);
        _keys = IkeKeys.Derive(Suite, shared, _nonceI, nonceR, Pair.InitiatorSpi, Pair.ResponderSpi);
        _outbound = MessageProtector.Create(Suite, _keys.Er.Span, default, _random);
        _inbound = MessageProtector.Create(Suite, _keys.Ei.Span, default, _random);
        pair.Inject(pair.Initiator, _response);
        Request = NextRequest()!;
    }

    /// <summary>The initiator's request that waits for an answer.</summary>
    public IkeMessage Request { get; private set; }

    public IdPayload Id { get; } = IdPayload.Create(PayloadType.IdentificationResponder, Identity.Parse("sun.example.org"));

    public uint NextId { get; set; }

    public AuthPayload Prove(IdPayload? id = null) => new(AuthMethod.SharedKeyMic,
        PskAuthentication.Sign(Suite.Prf, Encoding.ASCII.GetBytes("correct horse"), _response, _nonceI, _keys.Pr.Span, (id ?? Id).Body.Span));

    /// <summary>What a good IKE_AUTH response holds.</summary>
    public IReadOnlyList<Payload> Proof => [Id, Prove(), HandmadeInitiator.EspOffer, HandmadeInitiator.TsI, HandmadeInitiator.TsR];

    public static HandmadeResponder Established(Pair pair)
    {
        HandmadeResponder responder = new(pair);
        Assert.Null(responder.Answer([.. responder.Proof]));
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        return responder;
    }

    /// <summary>Answers the request that waits; returns what the initiator asks next, null: nothing.</summary>
    public IkeMessage? Answer(params Payload[] payloads) => Give(MessageCodec.WriteProtected(ResponseHeader, payloads, _outbound));

    /// <summary>The same in the name of another exchange.</summary>
    public IkeMessage? AnswerAs(ExchangeType exchange, params Payload[] payloads) =>
        Give(MessageCodec.WriteProtected(ResponseHeader with { Exchange = exchange }, payloads, _outbound));

    public IkeMessage? AnswerForged(SkForge forge) => Give(forge.Seal(ResponseHeader, _outbound));

    /// <summary>Has the initiator do something, and takes the request that comes of it.</summary>
    public IkeMessage? Await(SessionInput input)
    {
        _pair.Initiator.Handle(input, _pair.Now);
        return Take();
    }

    /// <summary>A request of our own; the answer, null when there is none at once.</summary>
    public IkeMessage? Send(ExchangeType exchange, params Payload[] payloads)
    {
        _pair.Inject(_pair.Initiator, Seal(exchange, NextId, payloads));
        IkeMessage? answer = NextRequest();
        if (answer is not null) NextId++;
        return answer;
    }

    /// <summary>A request of ours that is not sent yet.</summary>
    public byte[] Seal(ExchangeType exchange, uint id, params Payload[] payloads)
    {
        var header = new IkeHeader(
            Pair.InitiatorSpi, Pair.ResponderSpi, PayloadType.None, IkeHeader.Version2, exchange, IkeFlags.None, id, 0);
        return MessageCodec.WriteProtected(header, payloads, _outbound);
    }

    public void Dispose()
    {
        _keys.Dispose();
        _outbound.Dispose();
        _inbound.Dispose();
    }

    private IkeHeader ResponseHeader => Request.Header with { Flags = IkeFlags.Response };

    private IkeMessage? Give(byte[] response)
    {
        _pair.Inject(_pair.Initiator, response);
        return Take();
    }

    private IkeMessage? Take()
    {
        if (NextRequest() is not { } next) return null;
        return Request = next;
    }

    private IkeMessage? NextRequest() => _pair.Initiator.Outbox.TryDequeue(out Packet? packet)
        ? MessageCodec.ParseProtected(packet.Octets, _inbound).Message
        : null;
}
