using System.CommandLine;

namespace Concentrator.Commands;

/// <summary><c>completion</c>: prints what makes a shell complete our commands, options, and the names of connections. The program itself says what may follow.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            # eval "$(concentrator completion bash)", or into /usr/share/bash-completion/completions/concentrator
            _concentrator() {
              local IFS=$'\n' current=${COMP_WORDS[COMP_CWORD]}
              COMPREPLY=($(compgen -W "$(concentrator "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "$current"))
            }
            complete -F _concentrator concentrator
            """,
        ["zsh"] = """
            #compdef concentrator
            # eval "$(concentrator completion zsh)"
            _concentrator() {
              local -a words_that_follow
              words_that_follow=("${(@f)$(concentrator "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
              compadd -- $words_that_follow
            }
            compdef _concentrator concentrator
            """,
        ["fish"] = """
            # concentrator completion fish | source
            complete -c concentrator -f -a '(concentrator "[suggest:"(commandline -C)"]" (commandline -cp) 2>/dev/null)'
            """,
    };

    public static Command Create()
    {
        Argument<string> shell = new("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        Command command = new("completion", "Print a script that makes a shell complete this program's words.") { shell };
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(Scripts[parsed.GetRequiredValue(shell)]));
        return command;
    }
}
