using System.Collections.Concurrent;
using System.Net;

namespace Concentrator.Kernel.Tests;

/// <summary>Addresses, links and routes of a network namespace of the test's own, as rtnetlink tells of them.</summary>
public sealed class AddressWatcherTests
{
    [Fact]
    public void Addresses_that_come_and_go_are_told_once_they_have_settled() => InNamespace((watcher, changes) =>
    {
        Assert.Empty(watcher.Current);
        NetworkNamespace.Ip("addr add 192.0.2.1/24 dev v0");
        Await(changes, () => watcher.Current.Count == 1);
        Assert.Equal("192.0.2.1", Assert.Single(watcher.Current).ToString());
        NetworkNamespace.Ip("addr add 2001:db8::1/64 dev v0 nodad");
        NetworkNamespace.Ip("addr add 10.1.0.1/24 dev lo");
        Await(changes, () => watcher.Current.Count == 2);
        Assert.Equal(["192.0.2.1", "2001:db8::1"], watcher.Current.Select(a => a.ToString()));
        NetworkNamespace.Ip("addr del 192.0.2.1/24 dev v0");
        Await(changes, () => watcher.Current.Count == 1);
        Assert.Equal("2001:db8::1", Assert.Single(watcher.Current).ToString());
    });

    [Fact]
    public void A_link_without_a_carrier_has_no_address_to_be_reached_at() => InNamespace((watcher, changes) =>
    {
        NetworkNamespace.Ip("addr add 192.0.2.1/24 dev v0");
        Await(changes, () => watcher.Current.Count == 1);
        NetworkNamespace.Ip("link set v1 down");
        Await(changes, () => watcher.Current.Count == 0);
        NetworkNamespace.Ip("link set v1 up");
        Await(changes, () => watcher.Current.Count == 1);
    });

    [Fact]
    public void A_route_is_a_change_but_none_of_the_addresses() => InNamespace((watcher, changes) =>
    {
        NetworkNamespace.Ip("addr add 192.0.2.1/24 dev v0");
        Await(changes, () => watcher.Current.Count == 1);
        while (changes.TryTake(out _, TimeSpan.FromMilliseconds(500))) continue;
        Assert.Null(watcher.SourceTowards(IPAddress.Parse("198.51.100.7")));
        NetworkNamespace.Ip("route add 198.51.100.0/24 via 192.0.2.2");
        Assert.True(changes.TryTake(out bool addressesAreOthers, TimeSpan.FromSeconds(10)));
        Assert.False(addressesAreOthers);
        Assert.Equal("192.0.2.1", watcher.SourceTowards(IPAddress.Parse("198.51.100.7"))!.ToString());
    });

    private static void InNamespace(Action<AddressWatcher, BlockingCollection<bool>> test) => NetworkNamespace.Run(() =>
    {
        NetworkNamespace.Ip("link add v0 type veth peer name v1");
        NetworkNamespace.Ip("link set v0 up");
        NetworkNamespace.Ip("link set v1 up");
        using BlockingCollection<bool> changes = [];
        using AddressWatcher watcher = AddressWatcher.Start();
        watcher.Changed += changes.Add;
        test(watcher, changes);
    });

    private static void Await(BlockingCollection<bool> changes, Func<bool> isSo)
    {
        while (!isSo()) Assert.True(changes.TryTake(out _, TimeSpan.FromSeconds(10)), "no further change was told within 10 s");
    }
}
