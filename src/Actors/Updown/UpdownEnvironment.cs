using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Concentrator.Actors.Node;
using Concentrator.Ike.Selectors;

namespace Concentrator.Actors.Updown;

/// <summary>
/// The environment of an updown script, by the names that strongSwan's scripts know: one run for each pair of selectors. Values are data alone, and what the peer
/// had a hand in is escaped, so that no line of a script's output is the peer's.
/// </summary>
internal static class UpdownEnvironment
{
    private const string Version = "1.1";
    private const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>In the order of the selectors.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Of(UpdownSubject subject, bool isUp)
    {
        string? device = DeviceOf(subject.Me.Address);
        return
        [
            .. from local in subject.Local
               from remote in subject.Remote
               where local.Type == remote.Type
               select Of(subject, isUp, local, remote, device),
        ];
    }

    private static Dictionary<string, string> Of(UpdownSubject subject, bool isUp, TrafficSelector local, TrafficSelector remote, string? device)
    {
        Dictionary<string, string> environment = new()
        {
            ["PATH"] = SearchPath,
            ["PLUTO_VERSION"] = Version,
            ["PLUTO_VERB"] = VerbOf(isUp, local, subject.Me.Address),
            ["PLUTO_CONNECTION"] = subject.Child.Name,
            ["PLUTO_REQID"] = Text(subject.ReqId),
            ["PLUTO_PROTO"] = "esp",
            ["PLUTO_UNIQUEID"] = Text((uint)subject.IkeSa.Number),
            ["PLUTO_ME"] = subject.Me.Address.ToString(),
            ["PLUTO_MY_ID"] = Printable.Text(subject.MyId),
            ["PLUTO_MY_CLIENT"] = NetworkOf(local),
            ["PLUTO_MY_PORT"] = Text(local.StartPort),
            ["PLUTO_MY_PROTOCOL"] = Text(local.Protocol),
            ["PLUTO_PEER"] = subject.Peer.Address.ToString(),
            ["PLUTO_PEER_ID"] = Printable.Text(subject.PeerId),
            ["PLUTO_PEER_CLIENT"] = NetworkOf(remote),
            ["PLUTO_PEER_PORT"] = Text(remote.StartPort),
            ["PLUTO_PEER_PROTOCOL"] = Text(remote.Protocol),
        };
        AddVirtual(environment, "MY", subject.MyVirtual);
        AddVirtual(environment, "PEER", subject.PeerVirtual);
        if (device is not null) environment["PLUTO_INTERFACE"] = device;
        if (subject.IsEncapsulated) environment["PLUTO_UDP_ENC"] = Text((uint)subject.Peer.Port);
        return environment;
    }

    /// <summary>The first without a number, for scripts that know of one; all of them numbered, by family.</summary>
    private static void AddVirtual(Dictionary<string, string> environment, string side, IReadOnlyList<IPAddress> addresses)
    {
        if (addresses.Count > 0) environment[$"PLUTO_{side}_SOURCEIP"] = addresses[0].ToString();
        foreach (IGrouping<AddressFamily, IPAddress> family in addresses.GroupBy(address => address.AddressFamily))
        {
            int number = 0;
            foreach (IPAddress address in family)
                environment[string.Create(CultureInfo.InvariantCulture, $"PLUTO_{side}_SOURCEIP{(family.Key == AddressFamily.InterNetworkV6 ? 6 : 4)}_{++number}")] = address.ToString();
        }
    }

    private static string VerbOf(bool isUp, TrafficSelector local, IPAddress me)
    {
        bool isHost = local.Start.Equals(me) && local.End.Equals(me);
        return $"{(isUp ? "up" : "down")}-{(isHost ? "host" : "client")}{(local.Start.AddressFamily == AddressFamily.InterNetworkV6 ? "-v6" : "")}";
    }

    /// <summary>The smallest network with all of a selector's addresses.</summary>
    private static string NetworkOf(TrafficSelector selector)
    {
        byte[] start = selector.Start.GetAddressBytes(), end = selector.End.GetAddressBytes();
        int prefix = 0;
        while (prefix < start.Length * 8 && Bit(start, prefix) == Bit(end, prefix)) prefix++;
        for (int bit = prefix; bit < start.Length * 8; bit++) start[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return $"{new IPAddress(start)}/{prefix.ToString(CultureInfo.InvariantCulture)}";
    }

    private static bool Bit(byte[] octets, int bit) => (octets[bit / 8] & (0x80 >> (bit % 8))) != 0;

    private static string? DeviceOf(IPAddress address) => NetworkInterface.GetAllNetworkInterfaces()
        .FirstOrDefault(device => device.GetIPProperties().UnicastAddresses.Any(own => own.Address.Equals(address)))?.Name;

    private static string Text(uint number) => number.ToString(CultureInfo.InvariantCulture);
}
