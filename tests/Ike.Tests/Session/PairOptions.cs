using System.Net;
using System.Text;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Session;

namespace Concentrator.Ike.Tests.Session;

/// <summary>What a test may vary of a <see cref="Pair"/> before it starts.</summary>
internal sealed class PairOptions
{
    public string InitiatorKey { get; set; } = "correct horse";

    public string ResponderKey { get; set; } = "correct horse";

    public string[] InitiatorProposals { get; set; } = ["aes128gcm16-prfsha256-x25519"];

    public string[] ResponderProposals { get; set; } = ["aes128gcm16-prfsha256-x25519"];

    public string[] InitiatorEsp { get; set; } = ["aes128gcm16"];

    public string[] ResponderEsp { get; set; } = ["aes128gcm16"];

    public string InitiatorId { get; set; } = "moon.example.org";

    public string ResponderId { get; set; } = "sun.example.org";

    /// <summary>Whom the initiator expects; null: anybody.</summary>
    public string? ExpectedResponderId { get; set; } = "sun.example.org";

    /// <summary>Of both ends; most tests look at the bare protocol.</summary>
    public bool Mobike { get; set; }

    /// <summary>Both ends know RFC 6311; likewise.</summary>
    public bool Synchronizes { get; set; }

    /// <summary>Else RFC 6311 is used whatever the cipher is.</summary>
    public bool KeepsIdsExactWithAead { get; set; }

    /// <summary>Both ends outlive their node.</summary>
    public bool Persistent { get; set; }

    public string[] ChildNames { get; set; } = ["net", "second"];

    public Func<ChildConfig, ChildConfig> InitiatorChild { get; set; } = c => c;

    public Func<ChildConfig, ChildConfig> ResponderChild { get; set; } = c => c;

    public Func<ConnectionConfig, ConnectionConfig> InitiatorConnection { get; set; } = c => c;

    public Func<ConnectionConfig, ConnectionConfig> ResponderConnection { get; set; } = c => c;

    public Func<SessionContext, SessionContext> InitiatorSession { get; set; } = c => c;

    public Func<SessionContext, SessionContext> ResponderSession { get; set; } = c => c;

    /// <summary>What a NAT between the two makes of the source address.</summary>
    public Func<IPEndPoint, bool, IPEndPoint> Translate { get; set; } = (source, _) => source;

    public SessionContext InitiatorContext() => InitiatorSession(new SessionContext
    {
        Config = Config(
            InitiatorConnection(Connection(InitiatorProposals, InitiatorId, ExpectedResponderId, InitiatorEsp, InitiatorChild, mirrored: false)),
            InitiatorKey),
        Random = new SeededRandom(1),
        SynchronizesMessageIds = Synchronizes,
        KeepsIdsExactWithAead = KeepsIdsExactWithAead,
        IsPersistent = Persistent,
    });

    public SessionContext ResponderContext() => ResponderSession(new SessionContext
    {
        Config = Config(
            ResponderConnection(Connection(ResponderProposals, ResponderId, InitiatorId, ResponderEsp, ResponderChild, mirrored: true)),
            ResponderKey),
        Random = new SeededRandom(2),
        SynchronizesMessageIds = Synchronizes,
        KeepsIdsExactWithAead = KeepsIdsExactWithAead,
        IsPersistent = Persistent,
    });

    private static GatewayConfig Config(ConnectionConfig connection, string key) =>
        new([connection], [new SharedKeyConfig("ike-test", [], new Secret(Encoding.ASCII.GetBytes(key)))]);

    private ConnectionConfig Connection(
        string[] proposals, string local, string? remote, string[] esp, Func<ChildConfig, ChildConfig> vary, bool mirrored) => new()
        {
            Name = "conn",
            Mobike = Mobike,
            Proposals = [.. proposals.Select((text, i) => ProposalParser.ParseIke(text, (byte)(i + 1)))],
            Local = new AuthConfig(IdentityPattern.Parse(local)),
            Remote = new AuthConfig(remote is null ? null : IdentityPattern.Parse(remote)),
            Children = [.. ChildNames.Select((name, i) => vary(Child(name, i, esp, mirrored)))],
        };

    private static ChildConfig Child(string name, int index, string[] esp, bool mirrored)
    {
        SelectorConfig[] initiators = [Net($"10.1.{index}.0")];
        SelectorConfig[] responders = [Net($"10.2.{index}.0")];
        return new ChildConfig
        {
            Name = name,
            Proposals = [.. esp.Select((text, i) => ProposalParser.ParseEsp(text, (byte)(i + 1)))],
            LocalSelectors = mirrored ? responders : initiators,
            RemoteSelectors = mirrored ? initiators : responders,
            StartAction = ChildAction.Start,
        };
    }

    public static SelectorConfig Host(string address) => new(new AddressRange(IPAddress.Parse(address), IPAddress.Parse(address)), 0, 0, ushort.MaxValue);

    /// <summary>A /24.</summary>
    public static SelectorConfig Net(string network)
    {
        byte[] end = IPAddress.Parse(network).GetAddressBytes();
        end[3] = 255;
        return new SelectorConfig(new AddressRange(IPAddress.Parse(network), new IPAddress(end)), 0, 0, ushort.MaxValue);
    }
}
