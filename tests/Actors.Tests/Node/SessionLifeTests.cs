using Akka.Actor;
using Akka.Cluster.Sharding;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Node;

/// <summary>The unusual ends of an IKE_SA actor: a bug, a dead child, a shard that moves, a name without a right to exist.</summary>
public class SessionLifeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bug_ends_the_ike_sa_and_the_kernel_is_swept()
    {
        await using NodePair pair = await new NodePair().EstablishAsync();
        SessionId session = Assert.Single(pair.Moon.IkeSas).Session;
        IReadOnlyList<SaInfo> sas = pair.MoonKernel.DumpSas();

        pair.Moon.Actors.Sessions.Tell(new DeliverInput(session, new UnheardOf()));

        Assert.Equal(EndReason.Failed, (await pair.MoonEvents.NextAsync<IkeSaEnded>()).Reason);
        await GoneAsync(pair, session, sas);
    }

    [Fact]
    public async Task A_child_that_dies_takes_its_ike_sa_along()
    {
        await using NodePair pair = await new NodePair().EstablishAsync();
        IkeSaSnapshot moon = Assert.Single(pair.Moon.IkeSas);
        IReadOnlyList<SaInfo> sas = pair.MoonKernel.DumpSas();

        EntityOf(pair.Moon, moon.Session, $"/{Assert.Single(moon.Children).ChildId}").Tell(PoisonPill.Instance);

        Assert.Equal(EndReason.Failed, (await pair.MoonEvents.NextAsync<IkeSaEnded>()).Reason);
        await GoneAsync(pair, moon.Session, sas);
    }

    // Hand-off is no PoisonPill: the peer gets its Delete.
    [Fact]
    public async Task A_shard_that_leaves_closes_its_ike_sas()
    {
        await using NodePair pair = await new NodePair().EstablishAsync();
        SessionId session = Assert.Single(pair.Moon.IkeSas).Session;
        IReadOnlyList<SaInfo> sas = pair.MoonKernel.DumpSas();
        IActorRef entity = await EntityOf(pair.Moon, session).ResolveOne(TimeSpan.FromSeconds(20), Cancel);
        Task stopped = entity.WatchAsync(Cancel);

        entity.Tell(DrainSession.Instance);

        Assert.Equal(EndReason.DeletedByUs, (await pair.MoonEvents.NextAsync<IkeSaEnded>()).Reason);
        await pair.SunEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Destroying, "deleted at the peer");
        await stopped.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        await GoneAsync(pair, session, sas);
    }

    [Fact]
    public async Task No_actor_is_made_for_a_session_that_is_not_entered()
    {
        await using NodePair pair = await new NodePair().EstablishAsync();
        SessionId stranger = new(0x00AB_0000_0000_0001);

        pair.Moon.Actors.Sessions.Tell(new DeliverInput(stranger, new InitiateChild("net")));

        await GoneAsync(pair, stranger);
        Assert.Single(pair.Moon.IkeSas);
    }

    // The actor of an ended IKE SA may still be there when the next one of its name begins.
    [Fact]
    public async Task What_comes_for_the_next_ike_sa_of_a_name_is_not_lost_with_the_last()
    {
        await using NodePair pair = await new NodePair { StartAction = Ike.Configuration.ChildAction.None }.StartAsync();

        for (int call = 1; call <= 3; call++)
        {
            pair.Moon.Initiate("sun", "net");
            await pair.InstalledAsync();
            SessionId session = Assert.Single(pair.Moon.IkeSas).Session;
            pair.Moon.Close(session);
            await pair.MoonEvents.NextAsync<IkeSaEnded>(what: $"call {call}");
            await GoneAsync(pair, session);
        }
    }

    private static ActorSelection EntityOf(ConcentratorNode node, SessionId session, string below = "") =>
        node.System.ActorSelection($"{node.Actors.Sessions.Path}/{session.Shard}/{session.EntityId}{below}");

    /// <summary>Neither an actor, nor an entry, nor anything that it had in the kernel is left of it. A new call may be under way.</summary>
    private static async Task GoneAsync(NodePair pair, SessionId session, params IReadOnlyList<SaInfo> sas)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while ((await EntitiesAsync(pair.Moon, patience.Token)).Contains(session.EntityId)) await Task.Delay(10, patience.Token);
        while (pair.MoonKernel.DumpSas().Intersect(sas).Any()) await Task.Delay(10, patience.Token);
        Assert.DoesNotContain(pair.Moon.IkeSas, ikeSa => ikeSa.Session == session);
    }

    private static async Task<IReadOnlyCollection<string>> EntitiesAsync(ConcentratorNode node, CancellationToken cancel)
    {
        CurrentShardRegionState state = await node.Actors.Sessions.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, cancel);
        return [.. state.Shards.SelectMany(shard => shard.EntityIds)];
    }

    private sealed record UnheardOf : SessionInput;
}
