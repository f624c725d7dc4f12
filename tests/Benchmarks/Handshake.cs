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
    private static readonly IkePath Path = new(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 500), new IPEndPoint(IPAddress.Parse("192.0.2.2"), 500), false);

    private readonly SessionContext _initiatorContext;
    private readonly SessionContext _responderContext;

    public Handshake(string ikeProposal, string espProposal)
    {
        Secret key = new(RandomNumberGenerator.GetBytes(32));
        _initiatorContext = Context(key, ikeProposal, espProposal, "moon.example.org", "sun.example.org");
        _responderContext = Context(key, ikeProposal, espProposal, "sun.example.org", "moon.example.org");
    }

    /// <summary>Runs IKE_SA_INIT and IKE_AUTH; returns how many children are up on both ends: 2.</summary>
    public int Run()
    {
        (MemoryEnd initiator, MemoryEnd responder) = Establish();
        using (initiator)
        using (responder)
            return initiator.Installed + responder.Installed;
    }

    /// <summary>Both ends with their IKE SA and a child, owned by the caller.</summary>
    public (MemoryEnd Initiator, MemoryEnd Responder) Establish()
    {
        var initiator = new MemoryEnd(new IkeSession(_initiatorContext, 0x0101010101010100));
        var responder = new MemoryEnd(new IkeSession(_responderContext, 0x0202020202020200));
        initiator.Handle(new Initiate(_initiatorContext.Config.Connections[0], ["net"], Path, true));
        Drive(initiator, responder);
        return (initiator, responder);
    }

    /// <summary>Hands over until nothing is on its way.</summary>
    public static void Drive(MemoryEnd initiator, MemoryEnd responder)
    {
        while (true)
        {
            if (initiator.Outbox.TryDequeue(out ReadOnlyMemory<byte> request)) responder.Handle(new DatagramReceived(request.ToArray(), Reverse(Path)));
            else if (responder.Outbox.TryDequeue(out ReadOnlyMemory<byte> response)) initiator.Handle(new DatagramReceived(response.ToArray(), Path));
            else return;
        }
    }

    private static IkePath Reverse(IkePath path) => new(path.Remote, path.Local, path.NonEspMarker);

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
