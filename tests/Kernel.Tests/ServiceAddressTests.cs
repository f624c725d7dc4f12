using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace Concentrator.Kernel.Tests;

/// <summary>Service addresses on a link of a namespace of the test's own, held against what iproute2 and a neighbour's table say.</summary>
public sealed class ServiceAddressTests
{
    private static readonly ServiceAddress V4 = Parse("192.0.2.10/24%v0"), V6 = Parse("2001:db8::10/64%v0");

    [Theory]
    [InlineData("192.0.2.10/24%v0")]
    [InlineData("2001:db8::10/64%v0")]
    public void A_lease_is_an_address_with_a_lifetime_and_the_kernel_ends_it_by_itself(string text) => InNamespace(addresses =>
    {
        ServiceAddress address = Parse(text);
        Assert.Null(addresses.Lease(address, TimeSpan.FromSeconds(2), isNew: true));
        Stopwatch watch = Stopwatch.StartNew();
        JsonElement told = Assert.Single(Told(address));
        Assert.InRange(told.GetProperty("valid_life_time").GetInt32(), 1, 2);
        Assert.Equal(address.PrefixLength, told.GetProperty("prefixlen").GetInt32());
        Assert.False(told.TryGetProperty("tentative", out _), "it would not be usable yet");

        while (Told(address).Count > 0) Thread.Sleep(20);
        Assert.InRange(watch.Elapsed.TotalSeconds, 1, 2.6);
    });

    [Fact]
    public void Leased_again_it_stays_and_removed_it_is_gone_at_once() => InNamespace(addresses =>
    {
        Stopwatch watch = Stopwatch.StartNew();
        for (bool isNew = true; watch.Elapsed < TimeSpan.FromSeconds(4); isNew = false)
        {
            foreach (ServiceAddress address in new[] { V4, V6 })
            {
                Assert.Null(addresses.Lease(address, TimeSpan.FromSeconds(2), isNew));
                Assert.Single(Told(address));
            }

            Thread.Sleep(400);
        }

        foreach (ServiceAddress address in new[] { V4, V6 })
        {
            Assert.Null(addresses.Remove(address));
            Assert.Empty(Told(address));
            Assert.Null(addresses.Remove(address));
        }
    });

    [Fact]
    public void An_address_that_the_host_has_for_good_is_not_taken_over_nor_removed() => InNamespace(addresses =>
    {
        NetworkNamespace.Ip("addr add 192.0.2.10/24 dev v0");
        Assert.Contains("for good already", addresses.Lease(V4, TimeSpan.FromSeconds(2), isNew: true), StringComparison.Ordinal);
        Assert.Null(addresses.Remove(V4));
        Assert.Equal(uint.MaxValue, Assert.Single(Told(V4)).GetProperty("valid_life_time").GetUInt32());
    });

    [Fact]
    public void A_link_that_is_not_there_or_down_is_named() => InNamespace(addresses =>
    {
        Assert.Contains("no link nope", addresses.Lease(V4 with { Device = "nope" }, TimeSpan.FromSeconds(2), isNew: true), StringComparison.Ordinal);
        NetworkNamespace.Ip("link set v0 down");
        Assert.Contains("v0 of 192.0.2.10 is down", addresses.Lease(V4, TimeSpan.FromSeconds(2), isNew: true), StringComparison.Ordinal);
        Assert.Null(addresses.Remove(V4));
    });

    // The neighbour knew the address at another place: the announcement alone moves it.
    [Theory]
    [InlineData("192.0.2.10/24%v0", "192.0.2.10")]
    [InlineData("2001:db8::10/64%v0", "2001:db8::10")]
    public void An_announcement_changes_what_a_neighbour_remembers(string text, string address) => InNamespace(addresses =>
    {
        string other = $"nb{Environment.ProcessId}";
        NetworkNamespace.Ip($"netns add {other}");
        try
        {
            NetworkNamespace.Ip($"link set v1 netns {other}");
            NetworkNamespace.Ip($"-n {other} addr add 192.0.2.2/24 dev v1");
            NetworkNamespace.Ip($"-n {other} addr add 2001:db8::2/64 dev v1 nodad");
            NetworkNamespace.Ip($"-n {other} link set v1 up");
            NetworkNamespace.Ip($"-n {other} neigh replace {address} lladdr 02:00:00:00:00:99 nud reachable dev v1");
            Assert.Null(addresses.Lease(Parse(text), TimeSpan.FromSeconds(10), isNew: true));
            string ours = Json("-j link show v0")[0].GetProperty("address").GetString()!;
            // An entry that was confirmed a moment ago is not changed: arp locktime.
            Thread.Sleep(1500);
            Assert.Null(addresses.Announce(Parse(text)));
            Stopwatch watch = Stopwatch.StartNew();
            string learnt;
            do learnt = Json($"-n {other} -j neigh show {address}")[0].GetProperty("lladdr").GetString()!;
            while (learnt != ours && watch.Elapsed < TimeSpan.FromSeconds(3));
            Assert.Equal(ours, learnt);
        }
        finally
        {
            NetworkNamespace.Ip($"netns del {other}");
        }
    });

    [Theory]
    [InlineData("192.0.2.10")]
    [InlineData("192.0.2.10/24")]
    [InlineData("192.0.2.10/33%eth0")]
    [InlineData("192.0.2.10/24%")]
    [InlineData("192.0.2.10%eth0/24")]
    [InlineData("fe80::1/64%eth0")]
    [InlineData("127.0.0.1/8%eth0")]
    [InlineData("::1/128%lo")]
    [InlineData("0.0.0.0/24%eth0")]
    [InlineData("x/24%eth0")]
    [InlineData("192.0.2.10/24%a-name-that-is-too-long")]
    public void What_is_no_service_address_is_refused(string text) => Assert.False(ServiceAddress.TryParse(text, out _));

    [Fact]
    public void A_loopback_address_takes_no_right_for_every_host_has_it()
    {
        ServiceAddress address = Parse("127.8.0.1/8%lo");
        using NetlinkServiceAddresses addresses = new();
        Assert.Null(addresses.Lease(address, TimeSpan.FromSeconds(2), isNew: true));
        Assert.Null(addresses.Announce(address));
        Assert.Null(addresses.Remove(address));
    }

    private static ServiceAddress Parse(string text)
    {
        Assert.True(ServiceAddress.TryParse(text, out ServiceAddress? parsed));
        Assert.Equal(text, parsed.ToString());
        return parsed;
    }

    private static void InNamespace(Action<NetlinkServiceAddresses> test) => NetworkNamespace.Run(() =>
    {
        NetworkNamespace.Ip("link add v0 type veth peer name v1");
        NetworkNamespace.Ip("link set v0 up");
        NetworkNamespace.Ip("link set v1 up");
        using NetlinkServiceAddresses addresses = new();
        test(addresses);
    });

    private static List<JsonElement> Told(ServiceAddress address) =>
    [
        .. Json("-j addr show dev v0")[0].GetProperty("addr_info").EnumerateArray()
            .Where(one => IPAddress.Parse(one.GetProperty("local").GetString()!).Equals(address.Address)),
    ];

    private static JsonElement Json(string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return JsonDocument.Parse(output).RootElement;
    }
}
