using System.Net;

namespace Concentrator.Actors.Clustering.Addresses;

/// <summary>Who is to have which address: as evenly as can be, and otherwise where it is.</summary>
internal static class AddressPlan
{
    /// <param name="holders">Every address, and who has it now.</param>
    /// <param name="nodes">Those that may have addresses, and which.</param>
    /// <returns>Without the addresses that nobody can have.</returns>
    public static Dictionary<IPAddress, string> Make(IReadOnlyDictionary<IPAddress, string?> holders, IReadOnlyDictionary<string, HashSet<IPAddress>> nodes)
    {
        Dictionary<IPAddress, string> plan = [];
        IPAddress[] addresses = [.. holders.Keys.Where(address => nodes.Values.Any(able => able.Contains(address))).Order(AddressLease.Order)];
        if (addresses.Length == 0) return plan;
        Dictionary<string, int> loads = nodes.Keys.ToDictionary(node => node, _ => 0);
        int share = addresses.Length / nodes.Count, more = addresses.Length % nodes.Count;
        foreach (IPAddress address in addresses)
        {
            if (holders[address] is not { } holder || !nodes.TryGetValue(holder, out HashSet<IPAddress>? able) || !able.Contains(address)) continue;
            if (loads[holder] > share || (loads[holder] == share && more == 0)) continue;
            if (loads[holder]++ == share) more--;
            plan[address] = holder;
        }

        foreach (IPAddress address in addresses.Where(address => !plan.ContainsKey(address)))
        {
            string least = nodes.Where(node => node.Value.Contains(address)).Select(node => node.Key).OrderBy(node => loads[node]).ThenBy(node => node, StringComparer.Ordinal).First();
            loads[least]++;
            plan[address] = least;
        }

        return plan;
    }
}
