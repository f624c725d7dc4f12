using System.Net;
using System.Security.Cryptography;
using Concentrator.Ike;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Session;

namespace Concentrator.Benchmarks;

/// <summary>Two IKE SAs in memory, their datagrams handed over directly, their children accepted at once: the core without a socket or an actor.</summary>
internal sealed class Handshake
{
    private static readonly IPEndPoint InitiatorAddress = new(IPAddress.Parse("192.0.2.1"), 500);
    private static readonly IPEndPoint ResponderAddress = new(IPAddress.Parse("192.0.2.2"), 500);

    private readonly SessionContext _initiatorContext;
    private readonly SessionContext _responderContext;

    public Handshake(string ikeProposal, string espProposal)
    {
        Secret key = new(RandomNumberGenerator.GetBytes(32));
        _initiatorContext = Context(key, ikeProposal, espProposal, "moon.example.org", "sun.example.org");
        _responderContext = Context(key, ikeProposal, espProposal, "sun.example.org", "moon.example.org");
    }

    /// <summary>The responder's datagrams of the last run, as they went over the wire.</summary>
    public List<byte[]> ToInitiator { get; } = [];

    public List<byte[]> ToResponder { get; } = [];

    /// <summary>Runs IKE_SA_INIT and IKE_AUTH; returns how many children are up on both ends: 2.</summary>
    public int Run()
    {
        ToInitiator.Clear();
        ToResponder.Clear();
        using var initiator = new IkeSession(_initiatorContext, 0x0101010101010100);
        using var responder = new IkeSession(_responderContext, 0x0202020202020200);
        ConnectionConfig connection = _initiatorContext.Config.Connections[0];
        var path = new IkePath(InitiatorAddress, ResponderAddress, false);
        int installed = 0;
        Play(initiator, new Initiate(connection, ["net"], path, true), ToResponder, ref installed);
        for (int round = 0; round < 2; round++)
        {
            Play(responder, new DatagramReceived(ToResponder[round].ToArray(), Reverse(path)), ToInitiator, ref installed);
            Play(initiator, new DatagramReceived(ToInitiator[round].ToArray(), path), ToResponder, ref installed);
        }

        return installed;
    }

    private static IkePath Reverse(IkePath path) => new(path.Remote, path.Local, path.NonEspMarker);

    private static void Play(IkeSession session, SessionInput input, List<byte[]> wire, ref int installed)
    {
        Queue<SessionInput> inputs = new([input]);
        while (inputs.TryDequeue(out SessionInput? next))
        {
            foreach (SessionEffect effect in session.Handle(next, TimeSpan.Zero))
            {
                switch (effect)
                {
                    case Transmit transmit:
                        wire.Add(transmit.Message.ToArray());
                        break;
                    case TellChild { Command: ReserveSpi } tell:
                        inputs.Enqueue(new SpiReserved(tell.ChildId, 0xc0000001));
                        break;
                    case TellChild { Command: InstallChild install } tell:
                        install.Parameters.Keys.Dispose();
                        installed++;
                        inputs.Enqueue(new ChildInstalled(tell.ChildId, 0xc0000001));
                        break;
                    default:
                        break;
                }
            }
        }
    }

    private static SessionContext Context(Secret key, string ike, string esp, string local, string remote) => new()
    {
        Random = new BenchmarkRandom(),
        Config = new GatewayConfig(
        [
            new ConnectionConfig
            {
                Name = "bench",
                Proposals = [ProposalParser.ParseIke(ike, 1)],
                Local = new AuthConfig(IdentityPattern.Parse(local)),
                Remote = new AuthConfig(IdentityPattern.Parse(remote)),
                Children = [new ChildConfig { Name = "net", Proposals = [ProposalParser.ParseEsp(esp, 1)] }],
            },
        ],
        [new SharedKeyConfig("ike-bench", [], key)]),
    };

    private sealed class BenchmarkRandom : IRandom
    {
        public void Fill(Span<byte> buffer) => RandomNumberGenerator.Fill(buffer);
    }
}
