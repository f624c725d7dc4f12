using System.Text;

namespace Concentrator.Configuration;

/// <summary>
/// Reads the settings syntax of swanctl.conf: sections, keys, comments, <c>include</c>, and references (<c>child : base { }</c>). Mistakes are collected;
/// nothing is thrown for any text. Files, their size and their nesting are bounded.
/// </summary>
internal sealed class SettingsParser(List<ConfigurationError> errors)
{
    private const int DepthLimit = 32;
    private const int IncludeLimit = 16;
    private const int FileLimit = 1000;
    private const int SizeLimit = 16 << 20;

    /// <summary>A file with more mistakes is no settings file, and nobody reads them all.</summary>
    private const int ErrorLimit = 1000;

    private readonly SettingsSection _root = new("", null, "", 0);
    private readonly List<string> _files = [];
    private bool _gaveUp;

    /// <summary>All files read, the main one first.</summary>
    public IReadOnlyList<string> Files => _files;

    public SettingsSection Parse(string path)
    {
        ReadFile(path, _root, 0, path, 0);
        new SettingsReferences(_root, errors).Resolve();
        return _root;
    }

    private void ReadFile(string path, SettingsSection into, int includes, string fromFile, int fromLine)
    {
        if (includes > IncludeLimit || _files.Count >= FileLimit)
        {
            // Said once: behind this file the same ones come again.
            if (!_gaveUp) Add(fromFile, fromLine, "include", "files include each other without end");
            _gaveUp = true;
            return;
        }

        try
        {
            if (path.Length == 0) throw new FileNotFoundException();
            if (Directory.Exists(path)) throw new IOException("it is a directory");
            string text = ReadText(path).ReplaceLineEndings("\n");
            _files.Add(path);
            var lexer = new SettingsLexer(text);
            ReadSection(lexer, path, into, 0, includes);
            if (lexer.UnclosedQuote > 0) Add(path, lexer.UnclosedQuote, "", "the quoted string that begins here is not closed");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.SecurityException)
        {
            string why = e is FileNotFoundException or DirectoryNotFoundException ? "no such file"
                : e is UnauthorizedAccessException ? "no permission to read it" : e.Message;
            string from = fromLine > 0 ? $" (included from {fromFile}:{fromLine})" : "";
            Add(path, 0, "", $"cannot be read: {why}{from}");
        }
    }

    /// <summary>
    /// Octets that are no UTF-8 are a mistake: replaced, they would make another secret of the one that was meant.
    /// Counts what is read, not what the file's size is said to be: a device has none and no end.
    /// </summary>
    private static string ReadText(string path)
    {
        using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        StringBuilder text = new();
        char[] block = new char[16 << 10];
        try
        {
            while (reader.Read(block) is var length and > 0)
            {
                if (text.Length + length > SizeLimit) throw new IOException("it is larger than 16 MiB");
                text.Append(block, 0, length);
            }
        }
        catch (DecoderFallbackException)
        {
            throw new IOException("it is not UTF-8 text");
        }

        return text.ToString();
    }

    /// <summary>Reads statements up to the closing brace, or the end of the file at depth 0.</summary>
    private void ReadSection(SettingsLexer lexer, string file, SettingsSection section, int depth, int includes)
    {
        while (errors.Count < ErrorLimit)
        {
            Token token = lexer.Next();
            switch (token.Kind)
            {
                case TokenKind.NewLine:
                    break;
                case TokenKind.End:
                    if (depth > 0 && lexer.UnclosedQuote == 0)
                        Add(file, token.Line, section.Path, $"the section that begins in line {section.Line} is not closed");
                    return;
                case TokenKind.CloseBrace:
                    if (depth > 0) return;
                    Add(file, token.Line, "", "a closing brace without a section");
                    break;
                case TokenKind.Word when token.Text == "include":
                    Include(lexer.ReadValue(), file, token.Line, section, includes);
                    break;
                case TokenKind.Word:
                    ReadStatement(lexer, file, section, token, depth, includes);
                    break;
                case TokenKind.Quoted:
                    Add(file, token.Line, section.Path, "a name cannot be quoted");
                    ReadStatement(lexer, file, section, token, depth, includes);
                    break;
                default:
                    Add(file, token.Line, section.Path, $"'{token.Text}' is out of place here");
                    lexer.ReadValue();
                    break;
            }
        }
    }

    private void ReadStatement(SettingsLexer lexer, string file, SettingsSection section, Token name, int depth, int includes)
    {
        Token next = NextPastLines(lexer);
        if (next.Kind == TokenKind.Assign)
        {
            section.Values[name.Text] = new SettingsValue(lexer.ReadValue(), file, name.Line);
            return;
        }

        List<string> references = [];
        if (next.Kind == TokenKind.Colon) next = ReadReferences(lexer, references);
        if (next.Kind == TokenKind.OpenBrace && depth < DepthLimit)
        {
            SettingsSection child = section.Open(name.Text, file, name.Line);
            child.References.AddRange(references);
            ReadSection(lexer, file, child, depth + 1, includes);
            return;
        }

        string mistake = next.Kind == TokenKind.OpenBrace
            ? $"sections are nested more than {DepthLimit} deep"
            : "neither 'key = value' nor a section in braces";
        Add(file, name.Line, section.PathOf(name.Text), mistake);
        lexer.Return(next);
    }

    /// <summary>The names after a colon; returns what follows them.</summary>
    private static Token ReadReferences(SettingsLexer lexer, List<string> references)
    {
        while (true)
        {
            Token next = NextPastLines(lexer);
            if (next.Kind == TokenKind.Word) references.Add(next.Text);
            else if (next.Kind != TokenKind.Comma) return next;
        }
    }

    /// <summary>A section's brace may stand on the next line.</summary>
    private static Token NextPastLines(SettingsLexer lexer)
    {
        Token next = lexer.Next();
        while (next.Kind == TokenKind.NewLine) next = lexer.Next();
        return next;
    }

    private void Include(string pattern, string file, int line, SettingsSection section, int includes)
    {
        if (_gaveUp) return;
        if (pattern.Length == 0 || pattern.Contains('\0'))
        {
            Add(file, line, "include", "names no file");
            return;
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/";
        if (!IncludePattern.HasWildcard(pattern))
        {
            ReadFile(Path.GetFullPath(pattern, folder), section, includes + 1, file, line);
            return;
        }

        try
        {
            foreach (string match in IncludePattern.Match(folder, pattern)) ReadFile(match, section, includes + 1, file, line);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Add(file, line, "include", $"'{pattern}' cannot be searched: {e.Message}");
        }
    }

    private void Add(string file, int line, string key, string message) => errors.Add(new ConfigurationError(file, line, key, message));
}
