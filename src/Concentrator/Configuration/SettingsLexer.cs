using System.Text;

namespace Concentrator.Configuration;

internal enum TokenKind
{
    Word,
    Quoted,
    OpenBrace,
    CloseBrace,
    Colon,
    Comma,
    Assign,
    NewLine,
    End,
}

internal readonly record struct Token(TokenKind Kind, string Text, int Line);

/// <summary>
/// Cuts the text of a settings file into tokens. Comments go from <c>#</c> to the end of the line. Never throws for any text; line ends are <c>\n</c>.
/// </summary>
internal sealed class SettingsLexer(string text)
{
    private int _at;
    private int _line = 1;
    private Token? _returned;

    /// <summary>Where a quoted string begins that the file does not close; 0 when there is none.</summary>
    public int UnclosedQuote { get; private set; }

    /// <summary>The next token of structure: a name, punctuation, or the end of a line.</summary>
    public Token Next()
    {
        if (_returned is { } token)
        {
            _returned = null;
            return token;
        }

        return Read();
    }

    /// <summary>The next <see cref="Next"/> gives this one again.</summary>
    public void Return(Token token) => _returned = token;

    private Token Read()
    {
        SkipBlanks();
        if (_at >= text.Length) return new Token(TokenKind.End, "", _line);
        char c = text[_at];
        TokenKind? single = c switch
        {
            '{' => TokenKind.OpenBrace,
            '}' => TokenKind.CloseBrace,
            ':' => TokenKind.Colon,
            ',' => TokenKind.Comma,
            '=' => TokenKind.Assign,
            '\n' => TokenKind.NewLine,
            _ => null,
        };
        int line = _line;
        if (c == '"') return new Token(TokenKind.Quoted, ReadQuoted(), line);
        if (single is null) return new Token(TokenKind.Word, ReadName(), line);
        _at++;
        if (c == '\n') _line++;
        return new Token(single.Value, c.ToString(), line);
    }

    /// <summary>
    /// The rest of the line as a value: up to a comment or a closing brace. As in swanctl.conf one blank stands between its words, however many
    /// were written; a quoted word is as it is, with \n \r \t \" \\ and a backslash before the end of a line undone, and may span lines.
    /// </summary>
    public string ReadValue()
    {
        List<string> words = [];
        while (true)
        {
            while (_at < text.Length && IsBlank(text[_at])) _at++;
            if (_at >= text.Length || text[_at] is '\n' or '#' or '}') return string.Join(' ', words);
            words.Add(text[_at] == '"' ? ReadQuoted() : ReadUntil(static c => c is '\n' or '#' or '}' or '"' || IsBlank(c)));
        }
    }

    private void SkipBlanks()
    {
        while (_at < text.Length && (text[_at] == '#' || IsBlank(text[_at])))
        {
            if (text[_at] == '#') ReadUntil(static c => c == '\n');
            else _at++;
        }
    }

    /// <summary>Whatever else is no name is a name of one character, so that reading goes on.</summary>
    private string ReadName()
    {
        string name = ReadUntil(static c => c is '{' or '}' or ':' or ',' or '=' or '#' or '"' || char.IsWhiteSpace(c));
        return name.Length > 0 ? name : text[_at++].ToString();
    }

    private string ReadUntil(Predicate<char> ends)
    {
        int start = _at;
        while (_at < text.Length && !ends(text[_at])) _at++;
        return text[start.._at];
    }

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\r' or '\f';

    private string ReadQuoted()
    {
        StringBuilder quoted = new();
        int line = _line;
        for (_at++; _at < text.Length && text[_at] != '"'; _at++)
        {
            if (text[_at] == '\n') _line++;
            if (text[_at] != '\\' || _at + 1 == text.Length)
            {
                quoted.Append(text[_at]);
                continue;
            }

            char escaped = text[++_at];
            if (escaped == '\n') _line++;
            else quoted.Append(escaped switch { 'n' => '\n', 'r' => '\r', 't' => '\t', _ => escaped });
        }

        if (_at++ >= text.Length) UnclosedQuote = line;
        return quoted.ToString();
    }
}
