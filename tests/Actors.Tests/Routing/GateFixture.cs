using System.Buffers.Binary;
using System.Net;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Routing;

/// <summary>A gate with everything around it, and the datagrams to put before it.</summary>
internal sealed class GateFixture : IDisposable
{
    private static readonly byte[] Nonce = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private readonly StatelessCookie _cookies = new(0, new Secret(new byte[32]));

    public GateFixture(HalfOpenLimits? limits = null, CrashTokens? tokens = null)
    {
        Gate = new DatagramGate(Sessions, Minter, _cookies, HalfOpen, limits ?? new HalfOpenLimits()) { CrashTokens = tokens };
    }

    public static UdpEndpoint Peer { get; } = At("192.0.2.1");

    public SessionDirectory Sessions { get; } = new();

    public HalfOpenTable HalfOpen { get; } = new();

    public SpiMinter Minter { get; } = new(new Secret(new byte[32]), new SeededRandom(1));

    public DatagramGate Gate { get; }

    public byte[] Answer { get; } = new byte[UnprotectedAnswer.MaxLength];

    public static UdpEndpoint At(string address, int port = 500) => UdpEndpoint.From(new IPEndPoint(IPAddress.Parse(address), port));

    public GateVerdict Judge(byte[] datagram, UdpEndpoint? peer = null, double seconds = 0) =>
        Gate.Judge(datagram, peer ?? Peer, TimeSpan.FromSeconds(seconds), Answer);

    public IkeMessage AnswerTo(GateVerdict verdict)
    {
        ParseResult parsed = MessageCodec.ParseClear(Answer.AsSpan(0, verdict.AnswerLength));
        Assert.Equal(ParseStatus.Ok, parsed.Status);
        return parsed.Message!;
    }

    /// <summary>An IKE_SA_INIT request as a peer would begin with, with a cookie in front where one is given.</summary>
    public static byte[] InitRequest(ulong spi = 0x1111, byte[]? cookie = null, Func<IkeHeader, IkeHeader>? change = null)
    {
        IkeHeader header = new(spi, 0, PayloadType.None, IkeHeader.Version2, ExchangeType.IkeSaInit, IkeFlags.Initiator, 0, 0);
        List<Payload> payloads = [new KePayload(KeyExchangeMethod.Curve25519, new byte[32]), new NoncePayload(Nonce)];
        if (cookie is not null) payloads.Insert(0, new NotifyPayload(NotifyType.Cookie, cookie));
        return MessageCodec.WriteClear((change ?? (h => h))(header), payloads);
    }

    /// <summary>Octets that look like a protected message between these two.</summary>
    public static byte[] Protected(ulong initiator, ulong responder, IkeFlags flags, ExchangeType exchange = ExchangeType.Informational, uint id = 2)
    {
        byte[] datagram = new byte[IkeHeader.Size + 40];
        new IkeHeader(initiator, responder, PayloadType.Encrypted, IkeHeader.Version2, exchange, flags, id, (uint)datagram.Length).Write(datagram);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(IkeHeader.Size + 2), 40);
        return datagram;
    }

    /// <summary>Lets <paramref name="count"/> IKE SAs begin, and never be authenticated.</summary>
    public void Fill(int count, string network = "198.51.100.")
    {
        for (int i = 0; i < count; i++) HalfOpen.Add(new SessionId((ulong)(i + 1)), At($"{network}{i % 250}"));
    }

    public void Dispose() => _cookies.Dispose();
}
