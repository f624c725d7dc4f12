using System.CommandLine;
using System.ComponentModel;
using System.Reflection;
using Concentrator.Commands;
using Concentrator.Hosting;

namespace Concentrator.Reference;

/// <summary>The page of commands, their options, and the settings of a node: from the command line and the settings themselves.</summary>
internal static class CommandReference
{
    private const string Head = """
        # Commands and settings

        What `--help` says of each command, on one page. It is printed by `concentrator reference commands`.

        Commands that ask a running gateway speak to its control socket and end with 0 when it is done, 1 when it was refused, 2 when there is no gateway, 3 when it did not answer in time;
        the others with 0 or 1. `eval "$(concentrator completion bash)"` completes all of it.

        """;

    private const string Settings = """
        ## Settings of a node

        The flags of `serve`, and some settings that have no flag, may also stand in `appsettings.json` in the working directory, or in the environment. A flag wins over the environment,
        the environment over the file:

        ```json
        { "Concentrator": { "Port": 1500, "Seed": ["192.0.2.1:4700", "192.0.2.2:4700"] } }
        ```

        The same in the environment is `CONCENTRATOR__PORT=1500`, `CONCENTRATOR__SEED__0=192.0.2.1:4700`. A name that is not known is an error. Settings without a flag:

        """;

    public static void Write(TextWriter page)
    {
        page.WriteLine(Head);
        foreach (Command command in CommandLine.Create().Subcommands.Where(command => !command.Hidden)) WriteCommand(page, command, "concentrator");
        page.WriteLine(Settings);
        Markdown.Table(page, ["setting", "meaning"], WithoutFlag().Select(setting => new[] { Markdown.Code(setting.Name), setting.About }));
    }

    /// <summary>Settings that the command line does not have; null where nobody has described one.</summary>
    internal static IEnumerable<(string Name, string About)> WithoutFlag()
    {
        ServeOptions flags = new();
        HashSet<string> named = [.. typeof(ServeOptions).GetProperties().Select(property => property.Name)];
        return typeof(NodeSettings).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite && !named.Contains(property.Name))
            .Select(property => (property.Name, property.GetCustomAttribute<DescriptionAttribute>()?.Description ?? ""));
    }

    private static void WriteCommand(TextWriter page, Command command, string parent)
    {
        string name = $"{parent} {command.Name}";
        page.WriteLine($"## `{string.Join(' ', command.Arguments.Select(Placeholder).Prepend(name))}`");
        page.WriteLine();
        page.WriteLine(command.Description);
        page.WriteLine();
        List<string[]> rows =
        [
            .. command.Arguments.Select(argument => new[] { Markdown.Code(argument.HelpName ?? argument.Name), argument.Description ?? "" }),
            .. command.Options.Where(option => !option.Hidden && option is not System.CommandLine.Help.HelpOption).Select(option => new[] { Spelling(option), About(option) }),
        ];
        if (rows.Count > 0) Markdown.Table(page, ["", ""], rows);
        foreach (Command below in command.Subcommands.Where(one => !one.Hidden)) WriteCommand(page, below, name);
    }

    private static string Placeholder(Argument argument) => argument.Arity.MinimumNumberOfValues == 0 ? $"[{argument.HelpName ?? argument.Name}]" : argument.HelpName ?? argument.Name;

    private static string Spelling(Option option)
    {
        string value = (Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType) == typeof(bool) ? "" : $" {option.HelpName ?? Words(option)}";
        return string.Join(", ", option.Aliases.Order(StringComparer.Ordinal).Append(option.Name).Distinct().Select(name => Markdown.Code(name + value)));
    }

    private static string Words(Option option) => string.Join('|', option.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty).Select(item => item.Label));

    private static string About(Option option) =>
        option.Description + (option.Required ? " Required." : "") + (option is { HasDefaultValue: true } && option.GetDefaultValue() is { } value && value is not false ? $" Default: {Markdown.Code(value.ToString()!)}." : "");
}
