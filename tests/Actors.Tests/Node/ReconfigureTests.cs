using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Node;

/// <summary>The configuration of a node that runs is replaced: what is up stays up, what is new is called, what is gone is not called again.</summary>
public class ReconfigureTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_child_comes_up_on_the_IKE_SA_that_is_there_and_what_was_up_stays()
    {
        await using NodePair pair = await new NodePair().EstablishAsync();
        uint[] before = Spis(pair);
        await pair.Moon.ReconfigureAsync(config => config.With(Starting(config.Connections[0], "second")), Cancel);
        await pair.MoonEvents.NextAsync<ChildSaStateChanged>(change => change.Child.Name == "second" && change.To == ChildSaState.Installed, "second installed");
        Assert.Empty(before.Except(Spis(pair)));
        Assert.Equal(4, Spis(pair).Length);
        Assert.Single(NodePair.SentBy(pair.MoonEvents), sent => sent.StartsWith("IKE_SA_INIT request", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_connection_that_is_loaded_is_called_and_one_that_is_unloaded_stays_up_but_is_not_called_again()
    {
        await using NodePair pair = await new NodePair { StartAction = ChildAction.None, KeyingTries = 0 }.StartAsync();
        ConnectionConfig connection = pair.Moon.Connections[0];
        await pair.Moon.ReconfigureAsync(config => config.WithoutConnection("sun"), Cancel);
        Assert.Empty(pair.Moon.Connections);
        await pair.Moon.ReconfigureAsync(config => config.With(Starting(connection, "net")), Cancel);
        await pair.InstalledAsync();

        await pair.Moon.ReconfigureAsync(config => config.WithoutConnection("sun"), Cancel);
        IkeSaSnapshot alive = Assert.Single(pair.Moon.IkeSas);
        Assert.Equal(ChildSaState.Installed, Assert.Single(alive.Children).State);
        pair.Sun.Close(Assert.Single(pair.Sun.IkeSas).Session);
        await pair.MoonEvents.NextAsync<IkeSaEnded>(what: "closed by the peer");
        await pair.Moon.ReconfigureAsync(config => config, Cancel);
        // One call, however often its request had to be sent.
        Assert.Single(pair.MoonEvents.Seen.OfType<IkeSaHappened>().Select(happened => happened.IkeSa.Session).Distinct());
    }

    [Fact]
    public async Task A_call_that_waits_because_of_a_mistake_is_made_again_when_the_mistake_is_mended()
    {
        await using NodePair pair = new() { KeyingTries = 0, MoonOptions = options => options with { ConnectionRetry = new BackOff(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5)) }, MoonKey = "wrong" };
        await pair.StartAsync();
        await pair.MoonEvents.NextAsync<IkeSaEnded>(ended => ended.Reason == EndReason.AuthenticationFailed, "authentication failed");
        // The ConnectionsActor hears of the end in its own time: whichever comes first, the call is made with what is in force then.
        await pair.Moon.ReconfigureAsync(
            config => config.With(Samples.SharedKey("correct horse")).With(config.Connections[0] with { DpdDelay = TimeSpan.FromHours(1), Children = [Changed(config.Connections[0].Children[0])] }), Cancel);
        await pair.InstalledAsync();
    }

    [Fact]
    public async Task A_change_that_fails_changes_nothing_and_says_why()
    {
        await using NodePair pair = await new NodePair().EstablishAsync();
        GatewayConfig before = pair.Moon.Configuration;
        FormatException refused = await Assert.ThrowsAsync<FormatException>(() => pair.Moon.ReconfigureAsync(_ => throw new FormatException("as the test says"), Cancel));
        Assert.Equal("as the test says", refused.Message);
        Assert.Same(before, pair.Moon.Configuration);
        Assert.Equal(2, Spis(pair).Length);
    }

    [Fact]
    public async Task A_key_that_is_not_configured_any_more_is_zeroed_once_no_IKE_SA_can_be_about_to_use_it()
    {
        await using NodePair pair = await new NodePair().EstablishAsync();
        SharedKeyConfig old = pair.Moon.Configuration.SharedKeys[0];
        await pair.Moon.ReconfigureAsync(config => config.With(Samples.SharedKey("another")), Cancel);
        Assert.Throws<ObjectDisposedException>(() => old.Key.Span.Length);
        Assert.Equal(7, pair.Moon.Configuration.SharedKeys[0].Key.Length);
    }

    [Fact]
    public async Task While_a_peer_is_being_called_the_old_key_is_kept()
    {
        await using NodePair pair = await new NodePair { StartAction = ChildAction.None }.StartAsync();
        await pair.Sun.StopAsync();
        SharedKeyConfig old = pair.Moon.Configuration.SharedKeys[0];
        pair.Moon.Initiate("sun", "net");
        await pair.MoonEvents.NextAsync<IkeSaHappened>(happened => happened.Event is MessageSent, "called");
        await pair.Moon.ReconfigureAsync(config => config.With(Samples.SharedKey("another")), Cancel);
        Assert.Equal(13, old.Key.Length);
        Assert.Equal(13, old.Key.Span.Length);
    }

    [Fact]
    public async Task Traps_come_and_go_with_their_children()
    {
        await using NodePair pair = await new NodePair { StartAction = ChildAction.None }.StartAsync();
        await pair.Moon.ReconfigureAsync(config => config.With(Trapping(config.Connections[0], "net", "second")), Cancel);
        await Until(pair, policies: 6);
        await pair.Moon.ReconfigureAsync(config => config.With(Trapping(config.Connections[0], "net")), Cancel);
        await Until(pair, policies: 3);
        await pair.Moon.ReconfigureAsync(config => config.WithoutConnection("sun"), Cancel);
        await Until(pair, policies: 0);
    }

    [Fact]
    public async Task A_trap_that_an_operator_set_outlives_a_change_and_not_its_connection()
    {
        await using NodePair pair = await new NodePair { StartAction = ChildAction.None }.StartAsync();
        await pair.Moon.InstallTrapAsync("sun", "second", Cancel);
        await pair.Moon.ReconfigureAsync(config => config.With(config.Connections[0] with { DpdDelay = TimeSpan.FromHours(1) }), Cancel);
        Assert.Equal("second", Assert.Single(await pair.Moon.GetTrapsAsync(Cancel)).Child);
        await Until(pair, policies: 3);
        await pair.Moon.ReconfigureAsync(config => config.WithoutConnection("sun"), Cancel);
        await Until(pair, policies: 0);
        Assert.Empty(await pair.Moon.GetTrapsAsync(Cancel));
    }

    [Fact]
    public async Task A_trap_that_an_unloaded_connection_leaves_behind_goes_at_once()
    {
        await using NodePair pair = new()
        {
            MoonConnection = connection => connection with { Children = [.. connection.Children.Select(c => c with { CloseAction = ChildAction.Trap })] },
        };
        await pair.EstablishAsync();
        await pair.Moon.ReconfigureAsync(config => config.WithoutConnection("sun"), Cancel);
        IkeSaSnapshot sun = Assert.Single(pair.Sun.IkeSas);
        pair.Sun.CloseChild(sun.Session, Assert.Single(sun.Children).ChildId);
        await pair.MoonEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Destroying, "closed by the peer");
        await Until(pair, policies: 0);
    }

    private static async Task Until(NodePair pair, int policies)
    {
        DateTime end = DateTime.UtcNow.AddSeconds(5);
        while (pair.MoonKernel.DumpPolicies().Count != policies && DateTime.UtcNow < end) await Task.Delay(10, Cancel);
        Assert.Equal(policies, pair.MoonKernel.DumpPolicies().Count);
    }

    private static uint[] Spis(NodePair pair) => [.. pair.MoonKernel.DumpSas().Select(sa => sa.Id.Spi)];

    private static ConnectionConfig Starting(ConnectionConfig connection, string child) => Acting(connection, ChildAction.Start, child);

    private static ConnectionConfig Trapping(ConnectionConfig connection, params string[] children) => Acting(connection, ChildAction.Trap, children);

    private static ConnectionConfig Acting(ConnectionConfig connection, ChildAction action, params string[] children) =>
        connection with { Children = [.. connection.Children.Select(c => children.Contains(c.Name) ? c with { StartAction = action } : c with { StartAction = connection.Children[0].StartAction & ~ChildAction.Trap })] };

    private static ChildConfig Changed(ChildConfig child) => child with { ReplayWindow = 64 };
}
