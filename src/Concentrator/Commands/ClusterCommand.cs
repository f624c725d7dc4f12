using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Concentrator.Actors.Clustering;
using Concentrator.Control;
using Concentrator.Vici;

namespace Concentrator.Commands;

/// <summary>
/// <c>concentrator cluster</c>: how a cluster is, and the files that it needs, for people who have no authority of their own. Nothing is ever overwritten. Exit code 0, or 1
/// with the reason on the error stream.
/// </summary>
internal static class ClusterCommand
{
    private const int KeyOctets = 32;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Create() => new("cluster", "Make what the nodes of a cluster prove themselves with, and see how a cluster is.")
    {
        Status(),
        InitAuthority(),
        Issue(),
        InitKey(),
    };

    private static Command Status() => ControlCommand.Create(
        "status", "Show the members of the cluster, their service addresses, shards and load, as a node that runs here knows them.",
        (parsed, gateway, output) => Watching.Run(parsed, () =>
        {
            ViciSection nodes = gateway.Ask("cluster-status", arguments: null, Patience);
            if (parsed.GetValue(ControlCommand.Json)) output.WriteLine(ViciJson.Text(ViciJson.Of(nodes)));
            else Tell(nodes, output);
        }),
        Watching.Option);

    private static void Tell(ViciSection nodes, TextWriter output)
    {
        output.WriteLine($"{"NODE",-16} {"ADDRESS",-24} {"STATUS",-12} {"SHARDS",6} {"IKE_SAS",8}  SERVICE ADDRESSES");
        foreach ((string address, ViciSection node) in nodes.Sections.OrderBy(node => node.Value.Text("name"), StringComparer.Ordinal))
        {
            string self = node.Flag("self") ? "*" : "";
            string state = !node.Flag("reachable") ? "unreachable" : node.Text("drain") is { } drain and not "Serving" ? drain : node.Text("status") ?? "";
            string held = node.Lists.TryGetValue("addresses", out List<byte[]>? all) ? string.Join(' ', all.Select(Encoding.UTF8.GetString)) : "";
            output.WriteLine($"{node.Text("name") + self,-16} {address,-24} {state,-12} {node.Text("shards"),6} {node.Text("ike-sas") ?? "?",8}  {held}");
        }
    }

    private static Command InitAuthority()
    {
        Argument<DirectoryInfo> folder = new("DIR") { Description = "Where it goes; made when it is not there. ca.key stays here, and needs to be on no node." };
        Command command = new("init-ca", "Make a certification authority for the nodes of one cluster.") { folder };
        command.SetAction(parsed => Run(parsed, output =>
        {
            using ClusterAuthority authority = ClusterAuthority.Create(parsed.GetRequiredValue(folder).FullName, DateTimeOffset.UtcNow);
            output.WriteLine($"made {authority.CertificateFile}: every node needs it (--cluster-ca)");
            output.WriteLine($"next: concentrator cluster issue NAME --ca {parsed.GetRequiredValue(folder)}, once for each node");
        }));
        return command;
    }

    private static Command Issue()
    {
        Argument<string> name = new("NAME") { Description = "The node's name (--node-name)." };
        Option<DirectoryInfo> folder = new("--ca") { Description = "The folder of the authority; the current one unless given.", HelpName = "DIR" };
        Command command = new("issue", "Issue a certificate and a key to a node.") { name, folder };
        command.SetAction(parsed => Run(parsed, output =>
        {
            string node = parsed.GetRequiredValue(name);
            if (new ClusterNodeOptions { Name = node }.Fault() is { } fault) throw new IOException(fault);
            if (node is "ca") throw new IOException("'ca' is the authority itself: choose another name");
            using ClusterAuthority authority = ClusterAuthority.Open(parsed.GetValue(folder)?.FullName ?? Environment.CurrentDirectory);
            ClusterTlsFiles files = authority.Issue(node, DateTimeOffset.UtcNow);
            output.WriteLine($"made {files.Certificate} (--cluster-cert) and {files.Key} (--cluster-key) for {node}");
        }));
        return command;
    }

    private static Command InitKey()
    {
        Argument<FileInfo> file = new("FILE") { Description = "Where it goes; the same file on every node (--store-key)." };
        Command command = new("init-key", "Make the key under which the cluster stores its sessions.") { file };
        command.SetAction(parsed => Run(parsed, output =>
        {
            string path = parsed.GetRequiredValue(file).FullName;
            byte[] key = RandomNumberGenerator.GetBytes(KeyOctets);
            char[] text = Convert.ToHexStringLower(key).ToCharArray();
            try
            {
                NewFile.Write(path, text, OwnerOnly);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(key);
                Array.Clear(text);
            }

            output.WriteLine($"made {path}");
        }));
        return command;
    }

    private static int Run(ParseResult parsed, Action<TextWriter> action)
    {
        try
        {
            action(parsed.InvocationConfiguration.Output);
            return 0;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException or ControlException)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"error: {fault.Message}");
            return 1;
        }
    }
}
