using Concentrator.Actors.Connections;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Wire;

namespace Concentrator.Actors.Tests.Connections;

/// <summary><c>unique</c> where the two IKE SAs of a pair are on different nodes: each tells the others, and they come to the same end in whatever order that arrives.</summary>
public sealed class UniqueAcrossNodesTests
{
    private static readonly TimeSpan Later = TimeSpan.FromMinutes(1);

    private readonly IdentityRegistry _a = new(), _b = new();

    [Theory]
    [InlineData(UniquePolicy.Replace, false)]
    [InlineData(UniquePolicy.No, true)]
    [InlineData(UniquePolicy.Keep, true)]
    public void A_newer_one_elsewhere_replaces_the_one_here(UniquePolicy unique, bool initialContact)
    {
        IdentityClaim old = Claim(1, unique, at: 1000), young = Claim(2, unique, at: 90_000, initialContact);
        Assert.Empty(_a.Announce(old, TimeSpan.Zero).Replaced);
        Assert.Equal([old.Session], _a.Hear(young, Later).Replaced);
        Assert.Equal(0, _a.Count);
    }

    [Theory]
    [InlineData(UniquePolicy.No, false)]
    [InlineData(UniquePolicy.Never, true)]
    public void Where_nothing_is_to_be_replaced_both_stay(UniquePolicy unique, bool initialContact)
    {
        _a.Announce(Claim(1, unique, at: 1000), TimeSpan.Zero);
        UniquenessVerdict verdict = _a.Hear(Claim(2, unique, at: 90_000, initialContact), Later);
        Assert.Empty(verdict.Replaced);
        Assert.False(verdict.IsRefused);
        Assert.Equal(1, _a.Count);
    }

    [Fact]
    public void With_keep_the_one_here_sends_a_newer_one_away()
    {
        _a.Announce(Claim(1, UniquePolicy.Keep, at: 1000), TimeSpan.Zero);
        Assert.True(_a.Hear(Claim(2, UniquePolicy.Keep, at: 90_000), Later).IsRefused);
        Assert.Equal(1, _a.Count);
    }

    [Theory]
    [InlineData(1000, 1000)]
    [InlineData(1000, 1001)]
    [InlineData(1001, 1000)]
    public void Of_two_at_the_same_moment_with_replace_one_stays(long atA, long atB)
    {
        IdentityClaim onA = Claim(1, UniquePolicy.Replace, atA), onB = Claim(2, UniquePolicy.Replace, atB);
        _a.Announce(onA, Later);
        _b.Announce(onB, Later);
        UniquenessVerdict atNodeA = _a.Hear(onB, Later), atNodeB = _b.Hear(onA, Later);
        Assert.Equal(1, _a.Count + _b.Count);
        // Who stays tells the other to go, as does who goes: whichever arrives.
        Assert.Equal(_a.Count == 1, atNodeA.IsRefused);
        Assert.Equal(_b.Count == 1, atNodeB.IsRefused);
    }

    [Theory]
    [InlineData(1000, 1001)]
    [InlineData(1001, 1000)]
    public void Of_two_at_the_same_moment_with_keep_the_first_stays(long atA, long atB)
    {
        IdentityClaim onA = Claim(1, UniquePolicy.Keep, atA), onB = Claim(2, UniquePolicy.Keep, atB);
        _a.Announce(onA, Later);
        _b.Announce(onB, Later);
        bool refusesB = _a.Hear(onB, Later).IsRefused, refusesA = _b.Hear(onA, Later).IsRefused;
        Assert.NotEqual(refusesA, refusesB);
        Assert.Equal(atA < atB, refusesB);
    }

    [Fact]
    public void A_clock_that_is_behind_does_not_make_a_newcomer_old()
    {
        IdentityClaim old = Claim(1, UniquePolicy.Replace, at: 500_000);
        _a.Announce(old, TimeSpan.Zero);
        Assert.Equal([old.Session], _a.Hear(Claim(2, UniquePolicy.Replace, at: 1000), Later).Replaced);
    }

    [Fact]
    public void One_that_was_taken_over_from_a_dead_node_is_as_old_as_it_was()
    {
        IdentityClaim young = Claim(2, UniquePolicy.Replace, at: 90_000);
        _a.Announce(young, TimeSpan.Zero);
        UniquenessVerdict verdict = _a.Hear(Claim(1, UniquePolicy.Replace, at: 1000) with { IsResumed = true }, Later);
        Assert.Empty(verdict.Replaced);
        Assert.True(verdict.IsRefused);
        Assert.Equal(1, _a.Count);
    }

    [Fact]
    public void Another_pair_is_nobodys_affair()
    {
        _a.Announce(Claim(1, UniquePolicy.Replace, at: 1000), TimeSpan.Zero);
        IdentityClaim other = Claim(2, UniquePolicy.Replace, at: 90_000) with { Remote = Identity.Parse("mars.example.org") };
        Assert.Equal(UniquenessVerdict.Nothing, _a.Hear(other, Later));
    }

    private static IdentityClaim Claim(ulong session, UniquePolicy unique, long at, bool initialContact = false) =>
        new(new SessionId(session), Identity.Parse("sun.example.org"), Identity.Parse("moon.example.org"), unique, initialContact, at);
}
