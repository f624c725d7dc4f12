using System.Buffers;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;

namespace Concentrator.Configuration;

/// <summary>A section <c>connections.&lt;conn&gt;.children.&lt;child&gt;</c> as a <see cref="ChildConfig"/>.</summary>
internal static class ChildBinder
{
    internal const int LargestWindow = 4096;
    private static readonly SearchValues<char> OfShells = SearchValues.Create("|&;<>()$`\\\"'*?~\n\r\0");

    /// <summary>The words of swanctl.conf, and those of its elder brother that it takes as well.</summary>
    internal static readonly IReadOnlyDictionary<string, ChildAction> Actions = new Dictionary<string, ChildAction>
    {
        ["none"] = ChildAction.None,
        ["clear"] = ChildAction.None,
        ["trap"] = ChildAction.Trap,
        ["start"] = ChildAction.Start,
        ["restart"] = ChildAction.Start,
        ["trap|start"] = ChildAction.Trap | ChildAction.Start,
    };

    public static ChildConfig Bind(SettingsSection section, List<ConfigurationError> errors)
    {
        var reader = new SettingsReader(section, KeyTable.Child, errors);
        return new ChildConfig
        {
            Name = section.Name,
            Proposals = ConnectionBinder.Proposals(reader, "esp_proposals", ProtocolId.Esp),
            LocalSelectors = Selectors(reader, "local_ts"),
            RemoteSelectors = Selectors(reader, "remote_ts"),
            Mode = reader.Choice<ChildMode>("mode"),
            StartAction = reader.Word("start_action", Actions),
            CloseAction = reader.Word("close_action", Actions),
            DpdAction = reader.Word("dpd_action", Actions),
            Lifetime = LifetimeBinder.OfChild(reader),
            ReqId = (uint)reader.Number("reqid"),
            ReplayWindow = reader.Number("replay_window"),
            Updown = UpdownOf(reader),
        };
    }

    /// <summary>swanctl.conf hands it to a shell, which would read what the peer says of itself: here none is between.</summary>
    private static string? UpdownOf(SettingsReader reader)
    {
        string command = reader.Text("updown").Trim();
        if (command.Length == 0) return null;
        if (command.AsSpan().ContainsAny(OfShells)) reader.Error("updown", "no shell runs it: name a program and its arguments, and have the program do what a shell would");
        else if (!command.StartsWith('/')) reader.Error("updown", "is no absolute path of a program");
        return command;
    }

    private static List<SelectorConfig> Selectors(SettingsReader reader, string key)
    {
        List<SelectorConfig> selectors = [];
        foreach (string text in reader.List(key))
        {
            if (reader.TryRead(key, text, SelectorText.Parse, out SelectorConfig? selector)) selectors.Add(selector!);
        }

        return selectors;
    }
}
