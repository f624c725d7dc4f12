using System.Net;
using Concentrator.Kernel.Userspace;

namespace Concentrator.Kernel.Tests.Userspace;

/// <summary>A policy whose route is refused leaves all as it was.</summary>
public sealed class RoutedPoliciesTests
{
    private static readonly XfrmSelector Net = new(IPNetwork.Parse("10.1.0.0/16"), IPNetwork.Parse("10.3.0.0/16"));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_route_that_is_refused_leaves_the_policy_that_was_there(bool wasThere)
    {
        using EspPair pair = new();
        Routes routes = new();
        RoutedPolicies policies = new(pair.Left, routes);
        PolicySpec first = Samples.Policy(XfrmDirection.Out, Net, EspPair.ReqId) with { Spi = EspPair.SpiToRight };
        if (wasThere) Assert.True(policies.Put(new AddPolicy(first), first).Succeeded);
        string before = Samples.Dump(new EngineBackend(pair.Left));
        PolicySpec changed = first with { Spi = 0xc0000077, TunnelDestination = IPAddress.Parse("203.0.113.9") };
        routes.Error = Errno.EPERM;
        XfrmReply reply = policies.Put(new UpdatePolicy(changed), changed);
        Assert.Equal((Errno.EPERM, "route to 10.3.0.0/16"), (reply.Error, reply.ExtAck));
        Assert.Equal(before, Samples.Dump(new EngineBackend(pair.Left)));

        // It carries what it carried.
        EspPair.Protect(pair.Left, IpPackets.Udp("10.1.0.1", "10.3.0.1"), out EspVerdict verdict);
        Assert.Equal(wasThere ? EspVerdict.Delivered : EspVerdict.NoPolicy, verdict);
        routes.Error = Errno.Ok;
        Assert.True(policies.Put(new UpdatePolicy(changed), changed).Succeeded);
        Assert.True(policies.Delete(new DeletePolicy(changed.Key)).Succeeded);
        Assert.Empty(routes.There);
    }

    [Fact]
    public void A_policy_that_the_engine_refuses_gets_no_route()
    {
        using EspPair pair = new();
        Routes routes = new();
        RoutedPolicies policies = new(pair.Left, routes);
        PolicySpec policy = Samples.Policy(XfrmDirection.Out, Net) with { Mode = XfrmMode.Transport };
        Assert.Equal(Errno.EPROTONOSUPPORT, policies.Put(new AddPolicy(policy), policy).Error);
        Assert.Empty(routes.There);
    }

    private sealed class Routes : IPolicyRoutes
    {
        public int Error { get; set; }

        public HashSet<XfrmSelector> There { get; } = [];

        public int Add(XfrmSelector outward)
        {
            if (Error == Errno.Ok) There.Add(outward);
            return Error;
        }

        public void Remove(XfrmSelector outward) => There.Remove(outward);
    }
}
