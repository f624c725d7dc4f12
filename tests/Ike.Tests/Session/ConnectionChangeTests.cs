using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;

namespace Concentrator.Ike.Tests.Session;

/// <summary>The configuration of a connection changes while its IKE SA lives.</summary>
public class ConnectionChangeTests
{
    [Fact]
    public void An_established_IKE_SA_takes_new_children_and_leaves_those_it_has()
    {
        Pair pair = new Pair().Establish();
        ConnectionConfig was = pair.Initiator.Context.Config.Connections[0];
        ChildConfig net = was.Children[0];
        pair.Tell(pair.Initiator, new ConnectionChanged(was with { Children = [net with { ReplayWindow = 64 }, was.Children.First(c => c.Name == "second")] }));
        pair.Tell(pair.Initiator, new InitiateChild("second"));
        pair.Drive();
        Assert.Equal(2, pair.Initiator.Kernel.Installed.Count);
        Assert.Equal(net, pair.Initiator.Children.First(c => c.Config.Name == net.Name).Config);
    }

    [Fact]
    public void One_of_another_kind_has_none_of_the_new_children_and_says_so()
    {
        Pair pair = new Pair().Establish();
        ConnectionConfig was = pair.Initiator.Context.Config.Connections[0];
        ChildConfig more = was.Children[0] with { Name = "more" };
        pair.Tell(pair.Initiator, new ConnectionChanged(was with { DpdDelay = TimeSpan.FromHours(1), Children = [.. was.Children, more] }));
        int wire = pair.Wire.Count;
        pair.Tell(pair.Initiator, new InitiateChild("more"));
        pair.Drive();
        Assert.Equal(wire, pair.Wire.Count);
        Assert.Contains(pair.Initiator.Events, e => e is ChildFailed { Name: "more", ByPeer: false });
    }

    [Fact]
    public void One_that_is_not_established_yet_goes_on_with_what_it_began_with()
    {
        Pair pair = new();
        ConnectionConfig was = pair.Initiator.Context.Config.Connections[0];
        pair.Network = (_, _) => null;
        pair.Start();
        pair.Tell(pair.Initiator, new ConnectionChanged(was with { Children = [] }));
        pair.Network = (packet, _) => packet;
        pair.Advance(TimeSpan.FromSeconds(10));
        Assert.Single(pair.Initiator.Kernel.Installed);
    }
}
