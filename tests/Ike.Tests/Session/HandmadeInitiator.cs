using System.Buffers.Binary;
using System.Net;
using System.Text;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Session;

/// <summary>An initiator without a state machine: it does IKE_SA_INIT properly, and puts into everything after it whatever the test likes.</summary>
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

    /// <summary>What it offers for the IKE SA, and for a child, when the test has nothing better.</summary>
    public static Proposal IkeOffer { get; } = ProposalParser.ParseIke("aes128gcm16-prfsha256-x25519", 1);

    public static SaPayload EspOffer { get; } = new([ProposalParser.ParseEsp("aes128gcm16", 1).WithSpi(0xc1000001)]);

    public static TsPayload TsI { get; } = new(PayloadType.TrafficSelectorInitiator, [TrafficSelector.Parse("10.1.0.0/24")]);

    public static TsPayload TsR { get; } = new(PayloadType.TrafficSelectorResponder, [TrafficSelector.Parse("10.2.0.0/24")]);

    public HandmadeInitiator(TestPeer responder, params Payload[] initExtras)
    {
        _responder = responder;
        using IKeyExchange exchange = KeyExchanges.Generate(Suite.KeyExchange, _random);
        byte[] nonceI = _random.Octets(32);
        _request = MessageCodec.WriteClear(
            Header(0, ExchangeType.IkeSaInit, 0),
            [
                new SaPayload([IkeOffer]), new KePayload(Suite.KeyExchange, exchange.PublicValue),
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

    public IdPayload Id { get; init; } = IdPayload.Create(PayloadType.IdentificationInitiator, Identity.Parse("moon.example.org"));

    /// <summary>The id of the next request.</summary>
    public uint NextId { get; set; } = 1;

    /// <summary>It has gone over to the NAT-traversal port.</summary>
    public bool IsOnNatPort { get; set; }

    /// <summary>A proof with the shared key of the pair.</summary>
    public AuthPayload Prove(IdPayload? id = null, string key = "correct horse") => new(AuthMethod.SharedKeyMic,
        PskAuthentication.Sign(Suite.Prf, Encoding.ASCII.GetBytes(key), _request, _nonceR, _keys.Pi.Span, (id ?? Id).Body.Span));

    /// <summary>IKE_AUTH with everything in order, and a child; what the test adds stands last.</summary>
    public IkeMessage? Authenticate(params Payload[] extras) => Send(ExchangeType.IkeAuth, [Id, Prove(), EspOffer, TsI, TsR, .. extras]);

    public static HandmadeInitiator Established(TestPeer responder)
    {
        HandmadeInitiator initiator = new(responder);
        Assert.Equal("IKE_AUTH response 1 [ IDr AUTH SA TSi TSr ]", initiator.Authenticate()!.Summary);
        return initiator;
    }

    /// <summary>The next request; null when it is not answered at once.</summary>
    public IkeMessage? Send(ExchangeType exchange, params Payload[] payloads) =>
        Send(MessageCodec.WriteProtected(HeaderFor(exchange), payloads, _outbound));

    /// <summary>The same of octets that no writer of ours would make.</summary>
    public IkeMessage? SendForged(ExchangeType exchange, SkForge forge) => Send(forge.Seal(HeaderFor(exchange), _outbound));

    /// <summary>Octets as they are, in the place of the next request.</summary>
    public IkeMessage? Send(byte[] request)
    {
        if (Exchange(request) is not { } response) return null;
        NextId++;
        return MessageCodec.ParseProtected(response, _inbound).Message;
    }

    /// <summary>A protected message of any header, as if from this initiator.</summary>
    public byte[] Protect(in IkeHeader header, params Payload[] payloads) => MessageCodec.WriteProtected(header, payloads, _outbound);

    public IkeHeader HeaderFor(ExchangeType exchange) => Header(InitResponse.Header.ResponderSpi, exchange, NextId);

    /// <summary>AUTH by a pre-shared key.</summary>
    public AuthPayload SharedKeyAuth(IdPayload id, byte[] key) =>
        new(AuthMethod.SharedKeyMic, PskAuthentication.Sign(Suite.Prf, key, _request, _nonceR, _keys.Pi.Span, id.Body.Span));

    public byte[] OctetsToSign(IdPayload id) => SignedOctets.Of(Suite.Prf, _request, _nonceR, _keys.Pi.Span, id.Body.Span);

    /// <summary>Sends IKE_AUTH, without a child; null when the responder does not answer at once.</summary>
    public IkeMessage? SendAuth(params Payload[] payloads) => Send(ExchangeType.IkeAuth, payloads);

    /// <summary>Sends IKE_AUTH in fragments of that size; what the responder answers at last.</summary>
    public IkeMessage? SendAuthInFragments(int total, byte[] part)
    {
        byte[]? response = null;
        for (int number = 1; number <= total && response is null; number++)
        {
            byte[] fragment = new byte[IkeHeader.Size + 8 + _outbound.IvLength + part.Length + 1 + _outbound.IcvLength];
            (Header(InitResponse.Header.ResponderSpi, ExchangeType.IkeAuth, 1) with { NextPayload = PayloadType.EncryptedFragment, Length = (uint)fragment.Length }).Write(fragment);
            if (number == 1) fragment[IkeHeader.Size] = (byte)PayloadType.Certificate;
            BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(IkeHeader.Size + 2), (ushort)(fragment.Length - IkeHeader.Size));
            BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(IkeHeader.Size + 4), (ushort)number);
            BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(IkeHeader.Size + 6), (ushort)total);
            part.CopyTo(fragment, IkeHeader.Size + 8 + _outbound.IvLength);
            _outbound.Seal(fragment, IkeHeader.Size + 8);
            response = Exchange(fragment);
        }

        return response is null ? null : MessageCodec.ParseProtected(response, _inbound).Message;
    }

    /// <summary>Sends an INFORMATIONAL request from there, and returns all that the responder sends then: its response, and perhaps a request of its own.</summary>
    public List<IkeMessage> SendInformational(uint id, IPEndPoint from, params Payload[] payloads)
    {
        byte[] request = MessageCodec.WriteProtected(Header(InitResponse.Header.ResponderSpi, ExchangeType.Informational, id), payloads, _outbound);
        _responder.Handle(new DatagramReceived(request, new IkePath(_responder.Address, from, false)), TimeSpan.Zero);
        return Drain();
    }

    /// <summary>Answers a request of the responder.</summary>
    public List<IkeMessage> Answer(IkeMessage request, IPEndPoint from, params Payload[] payloads)
    {
        IkeHeader header = Header(InitResponse.Header.ResponderSpi, request.Header.Exchange, request.Header.MessageId) with { Flags = IkeFlags.Initiator | IkeFlags.Response };
        _responder.Handle(
            new DatagramReceived(MessageCodec.WriteProtected(header, payloads, _outbound), new IkePath(_responder.Address, from, false)), TimeSpan.Zero);
        return Drain();
    }

    private List<IkeMessage> Drain()
    {
        List<IkeMessage> sent = [];
        while (_responder.Outbox.TryDequeue(out Packet? packet)) sent.Add(MessageCodec.ParseProtected(packet.Octets, _inbound).Message!);
        return sent;
    }

    public void Dispose()
    {
        _keys.Dispose();
        _outbound.Dispose();
        _inbound.Dispose();
    }

    private byte[]? Exchange(byte[] request)
    {
        IkePath path = IsOnNatPort
            ? new IkePath(new IPEndPoint(_responder.Address.Address, 4500), new IPEndPoint(Address.Address, 4500), NonEspMarker: true)
            : new IkePath(_responder.Address, Address, NonEspMarker: false);
        _responder.Handle(new DatagramReceived(request.ToArray(), path), TimeSpan.Zero);
        return _responder.Outbox.TryDequeue(out Packet? packet) ? packet.Octets : null;
    }

    private static IkeHeader Header(ulong spiR, ExchangeType exchange, uint id) =>
        new(Pair.InitiatorSpi, spiR, PayloadType.None, IkeHeader.Version2, exchange, IkeFlags.Initiator, id, 0);
}
