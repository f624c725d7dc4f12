using System.CommandLine;
using System.Globalization;
using Concentrator.Control;
using Concentrator.Vici;

namespace Concentrator.Commands;

/// <summary><c>initiate</c>, <c>terminate</c>, <c>rekey</c>, <c>redirect</c>: what an operator does to SAs. They end when it is done, refused, or when the time is up.</summary>
internal static class SaCommands
{
    public static Command Initiate()
    {
        Option<string> ike = Ike(), child = Child();
        Option<double> timeout = Timeout();
        return ControlCommand.Create(
            "initiate", "Bring up a child, with its IKE_SA where there is none; or an IKE_SA alone.",
            (parsed, gateway, output) =>
            {
                ViciSection answer = gateway.Ask("initiate", writer => Name(writer, parsed, ike, child, timeout), PatienceOf(parsed, timeout));
                ControlCommand.Tell(parsed, output, answer, "up");
            },
            ike, child, timeout);
    }

    public static Command Terminate()
    {
        Option<string> ike = Ike(), child = Child();
        Option<long?> ikeId = Id("--ike-id", "An IKE_SA by its number."), childId = Id("--child-id", "A CHILD_SA by its number.");
        Option<bool> force = new("--force") { Description = "Do not wait for the peer." };
        Option<double> timeout = Timeout();
        return ControlCommand.Create(
            "terminate", "Close IKE_SAs or children.",
            (parsed, gateway, output) =>
            {
                ViciSection answer = gateway.Ask(
                    "terminate",
                    writer =>
                    {
                        Name(writer, parsed, ike, child, timeout);
                        Number(writer, parsed, ikeId, childId);
                        writer.PutIf(parsed.GetValue(force), "force", "yes");
                    },
                    PatienceOf(parsed, timeout));
                ControlCommand.Tell(parsed, output, answer, $"{answer.Text("terminated")} of {answer.Text("matches")} closed");
            },
            ike, child, ikeId, childId, force, timeout);
    }

    public static Command Rekey()
    {
        Option<string> ike = Ike(), child = Child();
        Option<long?> ikeId = Id("--ike-id", "An IKE_SA by its number."), childId = Id("--child-id", "A CHILD_SA by its number.");
        return ControlCommand.Create(
            "rekey", "Begin to rekey IKE_SAs or children.",
            (parsed, gateway, output) =>
            {
                ViciSection answer = gateway.Ask(
                    "rekey",
                    writer =>
                    {
                        Name(writer, parsed, ike, child, timeout: null);
                        Number(writer, parsed, ikeId, childId);
                    },
                    ControlCommand.Patience);
                ControlCommand.Tell(parsed, output, answer, $"{answer.Text("matches")} are being rekeyed");
            },
            ike, child, ikeId, childId);
    }

    public static Command Redirect()
    {
        Option<string> ike = Ike();
        Option<long?> ikeId = Id("--ike-id", "An IKE_SA by its number.");
        Option<string> peerIp = new("--peer-ip") { Description = "By where the client is: an address, subnet or range.", HelpName = "ADDR" };
        Option<string> peerId = new("--peer-id") { Description = "By who the client is; * stands for anything.", HelpName = "ID" };
        Option<string> gateway = new("--gateway", "-g") { Description = "Where to, by address or name.", HelpName = "ADDR", Required = true };
        return ControlCommand.Create(
            "redirect", "Send clients to another gateway (RFC 5685); who does not follow stays.",
            (parsed, caller, output) =>
            {
                ViciSection answer = caller.Ask(
                    "redirect",
                    writer =>
                    {
                        writer.Put("gateway", parsed.GetRequiredValue(gateway));
                        if (parsed.GetValue(ike) is { } connection) writer.Put("ike", connection);
                        if (parsed.GetValue(ikeId) is { } id) writer.Put("ike-id", id.ToString(CultureInfo.InvariantCulture));
                        if (parsed.GetValue(peerIp) is { } address) writer.Put("peer-ip", address);
                        if (parsed.GetValue(peerId) is { } identity) writer.Put("peer-id", identity);
                    },
                    ControlCommand.Patience);
                ControlCommand.Tell(parsed, output, answer, $"{answer.Text("matches")} are asked to go");
            },
            ike, ikeId, peerIp, peerId, gateway);
    }

    internal static Option<string> Ike()
    {
        Option<string> ike = new("--ike", "-i") { Description = "By the name of the connection.", HelpName = "NAME" };
        ike.CompletionSources.Add(context => ControlCommand.Connections(context.ParseResult.GetValue(ControlCommand.Socket)).Select(name => new System.CommandLine.Completions.CompletionItem(name)));
        return ike;
    }

    private static Option<string> Child() => new("--child", "-c") { Description = "By the name of the child.", HelpName = "NAME" };

    private static Option<long?> Id(string name, string description) => new(name) { Description = description, HelpName = "N" };

    private static Option<double> Timeout() => new("--timeout", "-t") { Description = "Seconds until this command gives up waiting; what it began goes on.", HelpName = "S", DefaultValueFactory = _ => 60 };

    private static TimeSpan PatienceOf(ParseResult parsed, Option<double> timeout) => TimeSpan.FromSeconds(Math.Clamp(parsed.GetValue(timeout), 0.001, 86_400)) + ControlCommand.Patience;

    private static void Name(ViciWriter writer, ParseResult parsed, Option<string> ike, Option<string> child, Option<double>? timeout)
    {
        if (parsed.GetValue(ike) is { } connection) writer.Put("ike", connection);
        if (parsed.GetValue(child) is { } name) writer.Put("child", name);
        if (timeout is not null) writer.Put("timeout", (long)Math.Clamp(parsed.GetValue(timeout) * 1000, 1, 86_400_000));
    }

    private static void Number(ViciWriter writer, ParseResult parsed, Option<long?> ikeId, Option<long?> childId)
    {
        if (parsed.GetValue(ikeId) is { } ike) writer.Put("ike-id", ike.ToString(CultureInfo.InvariantCulture));
        if (parsed.GetValue(childId) is { } child) writer.Put("child-id", child.ToString(CultureInfo.InvariantCulture));
    }
}
