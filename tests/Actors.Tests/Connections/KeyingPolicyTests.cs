using Concentrator.Actors.Connections;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Actors.Tests.Connections;

public class KeyingPolicyTests
{
    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(1, 3, true)]
    [InlineData(2, 3, true)]
    [InlineData(3, 3, false)]
    [InlineData(1, 0, true)]
    [InlineData(1000, 0, true)]
    public void Failed_attempts_count_against_keyingtries(int attempt, int tries, bool again)
    {
        Assert.Equal(again, KeyingPolicy.CallsAgain(EndReason.PeerUnreachable, wasEstablished: false, attempt, tries));
        Assert.Equal(again, KeyingPolicy.CallsAgain(EndReason.AuthenticationFailed, wasEstablished: false, attempt, tries));
        Assert.Equal(again, KeyingPolicy.CallsAgain(EndReason.KernelRefused, wasEstablished: false, attempt, tries));
    }

    [Fact]
    public void A_tunnel_that_was_up_and_broke_is_called_again() =>
        Assert.True(KeyingPolicy.CallsAgain(EndReason.RekeyFailed, wasEstablished: true, attempt: 1, keyingTries: 1));

    [Theory]
    [InlineData(EndReason.DeletedByPeer)]
    [InlineData(EndReason.DeletedByUs)]
    [InlineData(EndReason.Replaced)]
    // dpd_action decides.
    [InlineData(EndReason.PeerUnreachable)]
    public void What_was_wanted_down_stays_down(EndReason reason) =>
        Assert.False(KeyingPolicy.CallsAgain(reason, wasEstablished: true, attempt: 0, keyingTries: 0));
}

public class IdentityRegistryTests
{
    private static readonly Identity Moon = Identity.Parse("moon.example.org");
    private static readonly Identity Sun = Identity.Parse("sun.example.org");
    private static readonly Identity Mars = Identity.Parse("mars.example.org");
    private readonly IdentityRegistry _registry = new();

    [Fact]
    public void Initial_contact_replaces_older_ones_of_the_same_pair_only()
    {
        Announce(1, Moon);
        Announce(2, Moon);
        Announce(3, Mars);

        UniquenessVerdict verdict = Announce(4, Moon, UniquePolicy.No, replaceOthers: true);

        Assert.Equal([new SessionId(1), new SessionId(2)], verdict.Replaced);
        Assert.False(verdict.IsRefused);
        Assert.Equal(2, _registry.Count);
    }

    [Fact]
    public void Without_initial_contact_they_live_side_by_side()
    {
        Announce(1, Moon);

        Assert.Empty(Announce(2, Moon).Replaced);
        Assert.Equal(2, _registry.Count);
    }

    [Fact]
    public void The_policy_replace_needs_no_initial_contact()
    {
        Announce(1, Moon);

        Assert.Equal([new SessionId(1)], Announce(2, Moon, UniquePolicy.Replace).Replaced);
    }

    [Fact]
    public void The_policy_never_ignores_initial_contact()
    {
        Announce(1, Moon);

        Assert.Empty(Announce(2, Moon, UniquePolicy.Never, replaceOthers: true).Replaced);
    }

    [Fact]
    public void The_policy_keep_refuses_the_newcomer()
    {
        Announce(1, Moon);

        Assert.True(Announce(2, Moon, UniquePolicy.Keep).IsRefused);
        Assert.False(Announce(3, Mars, UniquePolicy.Keep).IsRefused);
        Assert.True(_registry.Knows(Sun, Moon));
    }

    [Fact]
    public void The_same_session_again_replaces_nothing_of_itself()
    {
        Announce(1, Moon);

        Assert.Empty(Announce(1, Moon, UniquePolicy.Replace, replaceOthers: true).Replaced);
        Assert.Equal(1, _registry.Count);
    }

    [Fact]
    public void What_is_over_is_forgotten()
    {
        Announce(1, Moon);
        _registry.Forget(new SessionId(1));
        _registry.Forget(new SessionId(1));

        Assert.False(_registry.Knows(null, Moon));
        Assert.Equal(0, _registry.Count);
    }

    private UniquenessVerdict Announce(ulong session, Identity remote, UniquePolicy unique = UniquePolicy.No, bool replaceOthers = false) =>
        _registry.Announce(new IdentityClaim(new SessionId(session), Sun, remote, unique, replaceOthers, EstablishedAt: (long)session), TimeSpan.Zero);
}
