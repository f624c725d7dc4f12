using Akka.Configuration;

namespace Concentrator.Actors.Node;

/// <summary>
/// Akka's settings: a node that is alone is up in well under three seconds, the KernelActor has a thread of its own, and so has the
/// cluster, so that a flood of new IKE SAs does not delay its heartbeats.
/// </summary>
internal static class ClusterSettings
{
    public const string KernelDispatcher = "concentrator.kernel-dispatcher";

    public const string LeanMailbox = "concentrator.lean-mailbox";

    public static Config Hocon { get; } = ConfigurationFactory.ParseString(
        $$"""
        akka {
          stdout-loglevel = OFF
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          coordinated-shutdown {
            run-by-clr-shutdown-hook = off
            exit-clr = off
            phases.cluster-sharding-shutdown-region.timeout = 2s
            phases.cluster-leave.timeout = 1s
            phases.cluster-exiting.timeout = 1s
            phases.cluster-exiting-done.timeout = 1s
          }
          cluster {
            seed-node-timeout = 1s
            periodic-tasks-initial-delay = 50ms
            gossip-interval = 200ms
            leader-actions-interval = 100ms
            use-dispatcher = concentrator.cluster-dispatcher
            sharding {
              retry-interval = 100ms
              waiting-for-state-timeout = 1s
              coordinator-failure-backoff = 1s
            }
            singleton.hand-over-retry-interval = 200ms
          }
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
