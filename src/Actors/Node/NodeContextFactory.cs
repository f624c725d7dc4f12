using System.Security.Cryptography;
using Concentrator.Actors.Clustering.Addresses;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Concentrator.Actors.Transport;
using Concentrator.Ike;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Node;

/// <summary>Puts together what the actors of a node share.</summary>
internal static class NodeContextFactory
{
    private const int SecretOctets = 32;

    public static NodeContext Create(NodeOptions options, GatewayConfig gateway, NodeLog log, BoundSockets sockets, bool forceEncapsulation, IAddressSource? addresses, NodeStore? store)
    {
        SystemRandom random = new();
        KernelCapabilityBoard capabilities = new();
        // Only what passed its known answers is proposed.
        AlgorithmSet algorithms = AlgorithmSelfTest.Run();
        TransportTable transport = new(log, TimeProvider.System);
        VirtualAddressBoard inside = new();
        NodeContext node = new(TimeProvider.System)
        {
            Store = store,
            Options = options,
            Addresses = new AddressBoard(options.ServiceAddresses),
            Log = log,
            Minter = new SpiMinter(DrawSecret(), random),
            Transport = transport,
            VirtualAddresses = inside,
            Capabilities = capabilities,
            Session = new SessionContext
            {
                Config = gateway,
                Random = random,
                Retransmit = options.Retransmit,
                HalfOpenTimeout = options.HalfOpenTimeout,
                LocalNatPort = sockets.NatPort,
                RemoteNatPort = options.RemoteNatPort,
                ForceEncapsulation = forceEncapsulation,
                KeepAlive = options.KeepAlive,
                IsPersistent = store is not null,
                ReturnRoutability = options.ReturnRoutability,
                LocalAddresses = () => addresses is null ? [] : [.. addresses.Current.Where(address => transport.HasSocketOf(address) && !inside.Contains(address))],
                IsShared = address => options.ServiceAddresses.Any(service => service.Address.Equals(address)),
                SourceTowards = addresses is null ? Routes.SourceTowards : addresses.SourceTowards,
                ChildRetry = options.ChildRetry,
                ChildLimit = options.ChildLimit,
                ChildLinger = options.ChildLinger,
                KeyLog = options.KeyLog,
                FollowsRedirects = options.FollowsRedirects,
                CrashTokens = options.QcdSecretFile is { } file ? QcdSecret.Load(file) : null,
                IsUsableForIke = algorithms.Contains,
                IsUsableForEsp = transform => capabilities.Current.IsUsable(transform),
            },
        };
        if (store is not null) node.Claim = new SessionRestorer(node, store);
        return node;
    }

    private static Secret DrawSecret()
    {
        Span<byte> octets = stackalloc byte[SecretOctets];
        RandomNumberGenerator.Fill(octets);
        Secret secret = new(octets);
        CryptographicOperations.ZeroMemory(octets);
        return secret;
    }
}
