using System.Net;
using System.Net.Sockets;
using Akka.Configuration;
using Concentrator.Actors.Clustering;

namespace Concentrator.Actors.Node;

/// <summary>
/// Akka's settings: a node that is alone is up in well under three seconds, the KernelActor has a thread of its own, and so has the
/// cluster, so that a flood of new IKE SAs does not delay its heartbeats.
/// </summary>
internal static class ClusterSettings
{
    public const string KernelDispatcher = "concentrator.kernel-dispatcher";

    public const string ClusterDispatcher = "concentrator.cluster-dispatcher";

    public const string LeanMailbox = "concentrator.lean-mailbox";

    /// <exception cref="SocketException">The node's host is a name that cannot be looked up.</exception>
    public static Config Of(ClusterNodeOptions options) => ConfigurationFactory.ParseString(
        $$"""
        akka.cluster.failure-detector.acceptable-heartbeat-pause = {{(long)options.HeartbeatPause.TotalMilliseconds}}ms
        akka.remote.dot-netty.tcp.dns-use-ipv6 = {{(IsIpv6(options.Host) ? "on" : "off")}}
        """).WithFallback(Hocon);

    /// <summary>Akka looks names of nodes up in one family, so it is this node's; one that has both is at its IPv4 address.</summary>
    private static bool IsIpv6(string host) => Array.TrueForAll(Dns.GetHostAddresses(host), address => address.AddressFamily == AddressFamily.InterNetworkV6);

    private static Config Hocon { get; } = ConfigurationFactory.ParseString(
        $$"""
        akka {
          stdout-loglevel = OFF
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          coordinated-shutdown {
            run-by-clr-shutdown-hook = off
            run-by-actor-system-terminate = off
            exit-clr = off
            phases.cluster-sharding-shutdown-region.timeout = 2s
            phases.cluster-leave.timeout = 1s
            phases.cluster-exiting.timeout = 1s
            phases.cluster-exiting-done.timeout = 1s
          }
          cluster {
            seed-node-timeout = 1s
            down-removal-margin = 100ms
            retry-unsuccessful-join-after = 3s
            periodic-tasks-initial-delay = 50ms
            gossip-interval = 100ms
            leader-actions-interval = 100ms
            use-dispatcher = concentrator.cluster-dispatcher
            unreachable-nodes-reaper-interval = 100ms
            failure-detector {
              heartbeat-interval = 200ms
              min-std-deviation = 50ms
              expected-response-after = 1s
            }
            split-brain-resolver {
              stable-after = 600ms
              down-all-when-unstable = 20s
            }
            sharding {
              retry-interval = 100ms
              waiting-for-state-timeout = 1s
              coordinator-failure-backoff = 1s
              # A dead node is one of those that have to write until it is given up, unless a majority will do. A coordinator that begins reads all.
              coordinator-state.write-majority-plus = 0
              distributed-data.majority-min-cap = 1
              updating-state-timeout = 1s
              rebalance-interval = 1s
              # A node that dies while its shards are moving keeps them for so long; entities that do not stop are stopped 5 s earlier, after IkeSaActor's DrainGrace.
              handoff-timeout = 9s
              least-shard-allocation-strategy {
                rebalance-absolute-limit = 64
                rebalance-relative-limit = 1.0
              }
            }
            singleton.hand-over-retry-interval = 200ms
          }
        }
        akka.remote {
          retry-gate-closed-for = 500ms
          log-remote-lifecycle-events = off
          dot-netty.tcp.tcp-reuse-addr = off
        }
        concentrator {
          kernel-dispatcher.type = PinnedDispatcher
          lean-mailbox.mailbox-type = "{{typeof(LeanMailbox).AssemblyQualifiedName}}"
          cluster-dispatcher {
            type = ForkJoinDispatcher
            throughput = 10
            dedicated-thread-pool.thread-count = 2
          }
        }
        """);
}
