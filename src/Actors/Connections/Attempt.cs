using System.Net;
using Akka.Actor;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Connections;

/// <summary>A connection that is to be up, with one IKE SA at a time. Owned by the <see cref="ConnectionsActor"/>.</summary>
/// <param name="connection">Whom to call.</param>
/// <param name="children">The children that are wanted.</param>
/// <param name="path">The way to a peer whose address the configuration does not say; null otherwise.</param>
internal sealed class Attempt(ConnectionConfig connection, IReadOnlyList<string> children, IkePath? path = null) : INoSerializationVerificationNeeded
{
    public ConnectionConfig Connection { get; set; } = connection;

    public IkePath? Path { get; } = path;

    /// <summary>One attempt a key.</summary>
    public string Key { get; } = KeyOf(connection, path);

    public IReadOnlyList<string> Children { get; set; } = children;

    /// <summary>Children that traffic asks for, with the packets that asked.</summary>
    public Dictionary<string, PacketSelectors> Asked { get; } = [];

    /// <summary>How often it was tried since the peer last could be authenticated.</summary>
    public int Number { get; set; }

    /// <summary>How often in a row its IKE SA was lost soon after it was up.</summary>
    public int Losses { get; set; }

    /// <summary>It calls from a service address, and this node does not have that, or not all that belongs to it.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>Since when that address has been here.</summary>
    public TimeSpan? HereSince { get; set; }

    /// <summary>It may call, once what was told before is heard.</summary>
    public bool IsLastLook { get; set; }

    /// <summary>The service address that the last call was from, where the connection is to be up by the configuration: its session goes where that goes, and comes back with it.</summary>
    public UdpEndpoint? CalledFrom { get; set; }

    /// <summary>Where its next try goes, once: a gateway has sent us there. If that fails it is the configured peer's turn again.</summary>
    public Redirection? Redirection { get; set; }

    /// <summary>None while it waits for its next try.</summary>
    public SessionId Session { get; set; }

    public static string KeyOf(ConnectionConfig connection, IkePath? path) => path is null ? connection.Name : $"{connection.Name}@{path.Remote}";
}

/// <summary>A gateway that we were redirected to, by whom, and when that happened lately (RFC 5685).</summary>
internal sealed record Redirection(IkePath Path, IPAddress From, IReadOnlyList<TimeSpan> Redirects);
