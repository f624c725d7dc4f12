using System.Security.Cryptography.X509Certificates;
using Concentrator.Actors.Node;
using Concentrator.Ike.Certificates;
using Concentrator.Ike.Configuration;

namespace Concentrator.Vici.Commands;

/// <summary><c>list-conns</c> and <c>get-conns</c>: what the configuration says.</summary>
internal sealed class ConnectionCommands(ConcentratorNode node)
{
    public ViciWriter Names() => ViciWriter.Response().List("conns", node.Connections.Select(connection => connection.Name));

    public async Task<ViciWriter> ListAsync(ViciRequest request)
    {
        string? name = request.Arguments.Text("ike");
        foreach (ConnectionConfig connection in node.Connections.Where(c => name is null || c.Name == name))
            await request.EmitAsync("list-conn", writer => Write(writer, connection)).ConfigureAwait(false);
        return ViciWriter.Response();
    }

    private static void Write(ViciWriter writer, ConnectionConfig connection)
    {
        writer.Begin(connection.Name)
            .List("local_addrs", Addresses(connection.LocalAddresses))
            .List("remote_addrs", Addresses(connection.RemoteAddresses))
            .Put("version", "IKEv2")
            .Put("reauth_time", 0)
            .Put("rekey_time", (long)connection.RekeyTime.TotalSeconds)
            .Put("unique", $"UNIQUE_{connection.Unique}".ToUpperInvariant())
            .PutIf(connection.DpdDelay > TimeSpan.Zero, "dpd_delay", $"{(long)connection.DpdDelay.TotalSeconds}");
        WriteSide(writer, "local-1", connection.Local);
        WriteSide(writer, "remote-1", connection.Remote);
        writer.Begin("children");
        foreach (ChildConfig child in connection.Children)
        {
            writer.Begin(child.Name)
                .Put("mode", child.Mode.ToString().ToUpperInvariant())
                .Put("rekey_time", (long)child.Lifetime.RekeyTime.TotalSeconds)
                .Put("rekey_bytes", (long)child.Lifetime.RekeyBytes)
                .Put("rekey_packets", (long)child.Lifetime.RekeyPackets)
                .Put("dpd_action", Word(child.DpdAction))
                .Put("close_action", Word(child.CloseAction))
                .List("local-ts", child.LocalSelectors.Select(selector => selector.ToString()))
                .List("remote-ts", child.RemoteSelectors.Select(selector => selector.ToString()))
                .End();
        }

        writer.End().End();
    }

    private static void WriteSide(ViciWriter writer, string section, AuthConfig side)
    {
        bool signs = side.Kind == AuthKind.PublicKey;
        writer.Begin(section)
            .PutIf(side.Id is not null, "id", side.Id?.ToString() ?? "")
            .Put("class", signs ? "public key" : "pre-shared key")
            .PutIf(signs && side.Revocation != RevocationPolicy.Relaxed, "revocation", side.Revocation == RevocationPolicy.Strict ? "GOOD" : "SKIPPED")
            .List("groups", [])
            .List("cert_policy", [])
            .List("certs", Subjects(side.Certificates))
            .List("cacerts", Subjects(side.Authorities))
            .End();
    }

    private static IEnumerable<string> Subjects(IReadOnlyList<X509Certificate2> certificates) => certificates.Select(c => CertificateIdentity.Subject(c).ToString());

    private static IEnumerable<string> Addresses(IReadOnlyList<AddressRange> ranges) => ranges.Count == 0 ? ["%any"] : ranges.Select(range => range.ToString());

    private static string Word(ChildAction action) => action switch
    {
        ChildAction.None => "none",
        ChildAction.Trap => "trap",
        ChildAction.Start => "start",
        _ => "trap | start",
    };
}
