using System.Net;
using Concentrator.Actors.Pools;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Wire;
using Concentrator.Tests.Shared;

namespace Concentrator.Actors.Tests.Pools;

/// <summary>Who gets which address of a pool, and who gets it back.</summary>
public sealed class AddressPoolTests
{
    private ulong _sessions;

    [Fact]
    public void Each_identity_gets_an_address_of_its_own_until_none_is_left()
    {
        AddressPool pool = Pool("10.3.0.1-10.3.0.3");
        Assert.Equal(["10.3.0.1", "10.3.0.2", "10.3.0.3"], new[] { "a", "b", "c" }.Select(name => Ask(pool, name).Address));
        Assert.Null(Ask(pool, "d").Address);
        Assert.Equal((3, 0), (pool.Online, pool.Offline));
    }

    [Fact]
    public void Who_comes_back_gets_what_it_had()
    {
        AddressPool pool = Pool("10.3.0.1-10.3.0.9");
        (SessionId carol, string? first) = Ask(pool, "carol");
        Ask(pool, "dave");
        pool.Release(carol, IPAddress.Parse(first!));
        Assert.Equal((1, 1), (pool.Online, pool.Offline));
        Assert.Equal("10.3.0.3", Ask(pool, "eve").Address);
        Assert.Equal(first, Ask(pool, "carol").Address);
        Assert.Equal((3, 0), (pool.Online, pool.Offline));
    }

    [Fact]
    public void In_a_full_pool_the_address_that_is_offline_for_longest_changes_hands()
    {
        AddressPool pool = Pool("10.3.0.1-10.3.0.3");
        List<(SessionId Session, string? Address)> all = [.. new[] { "a", "b", "c" }.Select(name => Ask(pool, name))];
        foreach (int i in new[] { 1, 0 }) pool.Release(all[i].Session, IPAddress.Parse(all[i].Address!));
        Assert.Equal("10.3.0.2", Ask(pool, "d").Address);
        // Who had it is forgotten there.
        Assert.Equal("10.3.0.1", Ask(pool, "b").Address);
        Assert.Null(Ask(pool, "a").Address);
    }

    [Fact]
    public void An_identity_that_is_there_twice_has_two_addresses()
    {
        AddressPool pool = Pool("10.3.0.1-10.3.0.9");
        Assert.Equal("10.3.0.1", Ask(pool, "carol").Address);
        Assert.Equal("10.3.0.2", Ask(pool, "carol").Address);
        // To ask for the one that is online by name helps nobody who is elsewhere.
        Assert.Equal("10.3.0.3", Ask(pool, "carol", "10.3.0.1", peer: "192.0.2.99").Address);
    }

    [Fact]
    public void Who_takes_over_has_the_address_at_once_and_keeps_it_when_the_older_one_goes()
    {
        AddressPool pool = Pool("10.3.0.1-10.3.0.9");
        (SessionId old, string? address) = Ask(pool, "carol");
        (SessionId young, string? same) = Ask(pool, "carol", takesOver: true);
        Assert.Equal(address, same);
        pool.Release(old, IPAddress.Parse(address!));
        Assert.Equal((1, 0), (pool.Online, pool.Offline));
        pool.Release(young, IPAddress.Parse(address!));
        Assert.Equal((0, 1), (pool.Online, pool.Offline));
    }

    [Fact]
    public void A_reauthentication_from_the_same_place_asks_for_its_address_by_name()
    {
        AddressPool pool = Pool("10.3.0.1-10.3.0.9");
        Assert.Equal("10.3.0.1", Ask(pool, "carol").Address);
        Assert.Equal("10.3.0.1", Ask(pool, "carol", "10.3.0.1").Address);
        Assert.Equal("10.3.0.2", Ask(pool, "mallory", "10.3.0.1").Address);
    }

    [Fact]
    public void A_suggestion_is_followed_where_nobody_has_it()
    {
        AddressPool pool = Pool("10.3.0.1-10.3.0.9");
        Assert.Equal("10.3.0.2", Ask(pool, "carol", "10.3.0.2").Address);
        Assert.Equal("10.3.0.1", Ask(pool, "dave", "10.4.0.1").Address);
        Assert.Equal("10.3.0.3", Ask(pool, "eve").Address);
    }

    [Fact]
    public void The_other_family_is_not_given() => Assert.Null(Ask(Pool("10.3.0.1-10.3.0.9"), "carol", "::").Address);

    [Fact]
    public void A_pool_as_large_as_ipv6_has_it_costs_nothing_until_it_is_used()
    {
        AddressPool pool = Pool("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
        Assert.Equal("::", Ask(pool, "carol", "::").Address);
        Assert.Equal("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Ask(pool, "dave", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").Address);
        Assert.InRange(Allocations.Least(() => Pool("2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")), 0, 10_000);
    }

    [Fact]
    public void Nothing_happens_when_somebody_gives_back_what_it_does_not_hold()
    {
        AddressPool pool = Pool("10.3.0.1-10.3.0.9");
        (SessionId session, string? address) = Ask(pool, "carol");
        pool.Release(new SessionId(999), IPAddress.Parse(address!));
        pool.Release(session, IPAddress.Parse("10.3.0.2"));
        Assert.Equal((1, 0), (pool.Online, pool.Offline));
    }

    [Fact]
    public void Of_very_many_that_are_gone_those_that_are_gone_for_longest_are_forgotten()
    {
        AddressPool pool = Pool("2001:db8::-2001:db8::ffff:ffff");
        for (int i = 0; i < 100_010; i++)
        {
            (SessionId session, string? address) = Ask(pool, $"peer{i}", "::");
            pool.Release(session, IPAddress.Parse(address!));
        }

        Assert.Equal(100_000, pool.Offline);
        Assert.Equal("2001:db8::a", Ask(pool, "peer10", "::").Address);
        Assert.Equal("2001:db8::1:86aa", Ask(pool, "peer9", "::").Address);
    }

    [Fact]
    public void What_is_told_may_change_under_way_but_the_addresses_only_when_nobody_is_there()
    {
        AddressPool pool = Pool("10.3.0.1-10.3.0.9");
        (SessionId session, string? address) = Ask(pool, "carol");
        Assert.True(pool.TryReplace(Pool("10.3.0.1-10.3.0.9").Config));
        Assert.False(pool.TryReplace(Pool("10.4.0.1-10.4.0.9").Config));
        pool.Release(session, IPAddress.Parse(address!));
        Assert.True(pool.TryReplace(Pool("10.4.0.1-10.4.0.9").Config));
        Assert.Equal("10.4.0.1", Ask(pool, "carol").Address);
    }

    private (SessionId Session, string? Address) Ask(AddressPool pool, string name, string asked = "0.0.0.0", string peer = "192.0.2.1", bool takesOver = false)
    {
        SessionId session = new(++_sessions);
        return (session, pool.Acquire(new LeaseWish(session, IPAddress.Parse(asked), Identity.Parse(name), IPAddress.Parse(peer), takesOver))?.ToString());
    }

    private static AddressPool Pool(string range) => new(new PoolConfig("rw", AddressRange.TryParse(range, out AddressRange? addresses) ? addresses : throw new FormatException(range), []));
}
