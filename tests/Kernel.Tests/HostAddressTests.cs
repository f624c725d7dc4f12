using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Concentrator.Kernel.Tests;

/// <summary>Addresses that come and go over rtnetlink, in a network namespace of the test's own.</summary>
public sealed class HostAddressTests
{
    private static readonly IPAddress Inside = IPAddress.Parse("10.3.0.1"), Inside6 = IPAddress.Parse("2001:db8:3::1");

    [Theory]
    [InlineData("10.3.0.1", 32)]
    [InlineData("2001:db8:3::1", 128)]
    public void An_address_comes_and_goes_and_is_added_once(string text, int prefix) => NetworkNamespace.Run(() =>
    {
        using HostAddresses addresses = new();
        HostAddress address = new(IPAddress.Parse(text), prefix, Loopback(addresses)) { IsDeprecated = prefix == 128 };
        Assert.Null(addresses.DeviceOf(address.Address));
        Assert.Equal(Errno.Ok, addresses.Add(address));
        Assert.Equal(address.Device, addresses.DeviceOf(address.Address));
        Assert.Equal(Errno.EEXIST, addresses.Add(address));
        Assert.Equal(Errno.Ok, addresses.Remove(address));
        Assert.Null(addresses.DeviceOf(address.Address));
        Assert.Equal(Errno.EADDRNOTAVAIL, addresses.Remove(address));
    });

    [Fact]
    public void With_a_lifetime_the_kernel_removes_it_by_itself_unless_it_is_put_again() => NetworkNamespace.Run(() =>
    {
        using HostAddresses addresses = new();
        HostAddress[] both =
        [
            new(Inside, 32, Loopback(addresses)) { Lifetime = TimeSpan.FromSeconds(2) }, new(Inside6, 128, Loopback(addresses)) { Lifetime = TimeSpan.FromSeconds(2) },
        ];
        foreach (HostAddress address in both) Assert.Equal(Errno.Ok, addresses.Put(address));
        Thread.Sleep(1200);
        foreach (HostAddress address in both) Assert.Equal(Errno.Ok, addresses.Put(address));
        Thread.Sleep(1200);
        foreach (HostAddress address in both) Assert.NotNull(addresses.DeviceOf(address.Address));
        DateTime end = DateTime.UtcNow.AddSeconds(10);
        while (both.Any(address => addresses.DeviceOf(address.Address) is not null))
        {
            Assert.True(DateTime.UtcNow < end, "the kernel did not remove the addresses in time");
            Thread.Sleep(100);
        }
    });

    [Fact]
    public void Routes_lead_from_an_address_the_way_that_leads_to_the_peer_as_long_as_somebody_needs_them() => NetworkNamespace.Run(() =>
    {
        foreach (string command in new[] { "link add v0 type veth peer name v1", "link set v0 up", "link set v1 up", "addr add 192.0.2.1/24 dev v0", "route add 198.51.100.0/24 via 192.0.2.254" })
            NetworkNamespace.Ip(command);
        IPNetwork behind = IPNetwork.Parse("10.2.0.0/24");
        IPAddress near = IPAddress.Parse("192.0.2.2"), far = IPAddress.Parse("198.51.100.7"), host = IPAddress.Parse("10.2.0.9"), other = IPAddress.Parse("10.3.0.2");
        using HostAddresses addresses = new();
        foreach (IPAddress address in new[] { Inside, other }) Assert.Equal(Errno.Ok, addresses.Add(new HostAddress(address, 32, addresses.DeviceOf("v0")!.Value)));
        Assert.Null(Source(host));
        Assert.Equal(Errno.Ok, addresses.Lead(behind, Inside, near));
        Assert.Equal(Errno.Ok, addresses.Lead(behind, Inside, near));
        Assert.Equal(Inside, Source(host));
        Assert.Equal(Errno.Ok, addresses.Lead(behind, other, far));
        Assert.Equal(other, Source(host));
        addresses.Unlead(behind, other, far);
        Assert.Equal(Inside, Source(host));
        addresses.Unlead(behind, Inside, near);
        Assert.Equal(Inside, Source(host));
        addresses.Unlead(behind, Inside, near);
        Assert.Null(Source(host));
        Assert.NotEqual(Errno.Ok, addresses.Lead(behind, Inside, IPAddress.Parse("203.0.113.1")));
        // What leads to everything leads to the peer as before.
        Assert.Equal(Errno.Ok, addresses.Lead(IPNetwork.Parse("0.0.0.0/0"), Inside, far));
        Assert.Equal(Inside, Source(host));
        Assert.Equal(IPAddress.Parse("192.0.2.1"), Routes.SourceTowards(far));
        Assert.Equal(Errno.Ok, addresses.Lead(behind, Inside, far));
    });

    private static IPAddress? Source(IPAddress remote)
    {
        using Socket probe = new(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            probe.Connect(remote, 9);
            return ((IPEndPoint)probe.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    [Fact]
    public void What_is_not_there_is_told() => NetworkNamespace.Run(() =>
    {
        using HostAddresses addresses = new();
        Assert.Null(addresses.DeviceOf("nowhere0"));
        Assert.NotEqual(Errno.Ok, addresses.Add(new HostAddress(Inside, 32, 4711)));
    });

    private static int Loopback(HostAddresses addresses) => addresses.DeviceOf("lo") ?? throw new NetworkInformationException();
}
