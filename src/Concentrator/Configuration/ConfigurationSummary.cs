using System.Globalization;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Proposals;

namespace Concentrator.Configuration;

/// <summary>What a configuration was understood to mean, for people. Keys are counted, never shown.</summary>
public static class ConfigurationSummary
{
    public static void Write(TextWriter writer, GatewayConfig config)
    {
        foreach (ConnectionConfig connection in config.Connections) WriteConnection(writer, connection, config);
        foreach (SharedKeyConfig key in config.SharedKeys)
        {
            string whom = key.Identities.Count == 0 ? "anybody" : string.Join(", ", key.Identities);
            writer.WriteLine($"secret {key.Name}: pre-shared key of {key.Key.Length} octets for {whom}");
        }

        foreach (PoolConfig pool in config.Pools) writer.WriteLine($"pool {pool.Name}: {pool.Addresses}, {Count(pool.Attributes.Count, "attribute")}");
        CredentialSummary.Write(writer, config);

        writer.WriteLine($"{Count(config.Connections.Count, "connection")}, {Count(config.SharedKeys.Count, "secret")}: no mistakes found");
    }

    private static void WriteConnection(TextWriter writer, ConnectionConfig connection, GatewayConfig config)
    {
        writer.WriteLine($"connection {connection.Name}");
        writer.WriteLine($"  local:     {Addresses(connection.LocalAddresses)}, id {CredentialSummary.LocalId(connection.Local)}, {CredentialSummary.Local(connection.Local, config)}");
        writer.WriteLine($"  remote:    {Addresses(connection.RemoteAddresses)}, id {connection.Remote.Id ?? IdentityPattern.Any}, {CredentialSummary.Remote(connection.Remote, config)}");
        foreach (Proposal proposal in connection.Proposals) writer.WriteLine($"  proposal:  {ProposalText.Of(proposal)}");
        List<string> options = [];
        if (connection.ForceEncapsulation) options.Add("ESP always in UDP");
        if (connection.DpdDelay > TimeSpan.Zero) options.Add(string.Create(CultureInfo.InvariantCulture, $"liveness after {connection.DpdDelay.TotalSeconds:0.###} s of silence"));
        options.Add(connection.RekeyTime > TimeSpan.Zero ? $"rekeyed after {Seconds(connection.RekeyTime)}" : "never rekeyed");
        options.Add(connection.KeyingTries == 0 ? "tried for ever" : Count(connection.KeyingTries, "try", "tries"));
        options.Add($"unique {connection.Unique.ToString().ToLowerInvariant()}");
        if (connection.Pools.Count > 0) options.Add($"peers get addresses of {string.Join(", ", connection.Pools)}");
        if (connection.VirtualAddresses.Count > 0) options.Add($"asks for addresses {string.Join(", ", connection.VirtualAddresses)}");
        writer.WriteLine($"  options:   {string.Join(", ", options)}");
        foreach (ChildConfig child in connection.Children) WriteChild(writer, child);
    }

    private static void WriteChild(TextWriter writer, ChildConfig child)
    {
        writer.WriteLine($"  child {child.Name} ({child.Mode.ToString().ToLowerInvariant()} mode{Start(child.StartAction)}{After("when the peer is dead", child.DpdAction)}{After("when the peer closes it", child.CloseAction)})");
        writer.WriteLine($"    traffic:   {Selectors(child.LocalSelectors)} === {Selectors(child.RemoteSelectors)}");
        writer.WriteLine($"    lifetime:  {Lifetime(child.Lifetime)}");
        foreach (Proposal proposal in child.Proposals) writer.WriteLine($"    proposal:  {ProposalText.Of(proposal)}");
    }

    private static string Start(ChildAction action) =>
        (action.HasFlag(ChildAction.Start) ? ", started with the daemon" : "") + (action.HasFlag(ChildAction.Trap) ? ", brought up by traffic" : "");

    private static string After(string when, ChildAction action) => action == ChildAction.None
        ? ""
        : $", {when} {string.Join(" and ", new[] { (ChildAction.Start, "started anew"), (ChildAction.Trap, "left to traffic") }.Where(a => action.HasFlag(a.Item1)).Select(a => a.Item2))}";

    private static string Lifetime(ChildLifetime lifetime)
    {
        List<string> limits = [];
        if (lifetime.RekeyTime > TimeSpan.Zero) limits.Add($"rekeyed after {Seconds(lifetime.RekeyTime)}");
        if (lifetime.LifeTime > TimeSpan.Zero) limits.Add($"over after {Seconds(lifetime.LifeTime)}");
        if (lifetime.RekeyBytes > 0) limits.Add($"rekeyed after {lifetime.RekeyBytes} octets");
        if (lifetime.RekeyPackets > 0) limits.Add($"rekeyed after {lifetime.RekeyPackets} packets");
        return limits.Count == 0 ? "without limit" : string.Join(", ", limits);
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s");

    private static string Addresses(IReadOnlyList<AddressRange> ranges) => ranges.Count == 0
        ? "%any"
        : string.Join(", ", ranges);

    private static string Selectors(IReadOnlyList<SelectorConfig> selectors) => string.Join(", ", selectors);

    private static string Count(int number, string one, string? many = null) => $"{number} {(number == 1 ? one : many ?? one + "s")}";
}
