using Akka.Actor;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Node;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Kernel;

/// <summary>A kernel that takes a second for each algorithm it is asked about, as one that looks for modules does.</summary>
public sealed class SlowKernelTests : ActorFixture
{
    [Fact]
    public async Task Requests_are_answered_between_probes()
    {
        using SemaphoreSlim calls = new(0);
        using MemoryXfrmBackend kernel = new();
        kernel.CallExecuted += _ => calls.Wait(TimeSpan.FromSeconds(10));
        NodeContext node = new(new SecondByLook())
        {
            Options = Node.Options,
            Log = Node.Log,
            Minter = Node.Minter,
            Transport = Node.Transport,
            Session = Node.Session,
        };
        node.Actors = Node.Actors;
        IActorRef actor = Sys.ActorOf(Concentrator.Actors.Kernel.KernelActor.Props(node, kernel).WithDispatcher(ClusterSettings.KernelDispatcher), "slow-kernel");
        Task<TableCounts> answer = actor.Ask<TableCounts>(CountEntries.Instance, TimeSpan.FromSeconds(8), Cancel);

        // Enough for one probe: its SA is added and deleted. The second is not let through before the answer is here.
        calls.Release(2);
        Assert.Equal(new TableCounts(0, 0, 0, 0), await answer);

        calls.Release(1000);
        await actor.GracefulStop(TimeSpan.FromSeconds(20));
    }

    /// <summary>Time that moves on by a second whenever somebody looks.</summary>
    private sealed class SecondByLook : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => Interlocked.Add(ref _now, TimestampFrequency);
    }
}
