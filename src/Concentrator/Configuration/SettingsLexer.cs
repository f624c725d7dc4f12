using System.Text;

namespace Concentrator.Configuration;

internal enum TokenKind
{
    Word,
    OpenBrace,
    CloseBrace,
    Colon,
    Comma,
    Assign,
    NewLine,
    End,
}

internal readonly record struct Token(TokenKind Kind, string Text, int Line);

/// <summary>Cuts the text of a settings file into tokens. Comments go from <c>#</c> to the end of the line. Never throws for any text.</summary>
internal sealed class SettingsLexer(string text)
{
    private int _at;
    private int _line = 1;

    public int Line => _line;

    /// <summary>The next token of structure: a name, punctuation, or the end of a line.</summary>
    public Token Next()
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
        if (single is null) return c == '"' ? new Token(TokenKind.Word, ReadQuoted(), _line) : new Token(TokenKind.Word, ReadName(), _line);
        _at++;
        var token = new Token(single.Value, c.ToString(), _line);
        if (c == '\n') _line++;
        return token;
    }

    /// <summary>
    /// The rest of the line as a value: up to a comment or a closing brace, blanks trimmed; quoted parts as they are, with \n \r \t \" \\ and a
    /// backslash before the end of a line undone. Quoted parts may span lines.
    /// </summary>
    public string ReadValue()
    {
        StringBuilder value = new();
        int kept = 0;
        SkipBlanks();
        while (_at < text.Length && text[_at] is not ('\n' or '#' or '}'))
        {
            if (text[_at] == '"')
            {
                value.Append(ReadQuoted());
                kept = value.Length;
                continue;
            }

            value.Append(text[_at++]);
        }

        int end = value.Length;
        while (end > kept && char.IsWhiteSpace(value[end - 1])) end--;
        return value.ToString(0, end);
    }

    private void SkipBlanks()
    {
        while (_at < text.Length)
        {
            if (text[_at] == '#')
            {
                while (_at < text.Length && text[_at] != '\n') _at++;
            }
            else if (text[_at] is ' ' or '\t' or '\r' or '\f')
            {
                _at++;
            }
            else
            {
                return;
            }
        }
    }

    private string ReadName()
    {
        int start = _at;
        while (_at < text.Length && text[_at] is not ('{' or '}' or ':' or ',' or '=' or '#' or '"') && !char.IsWhiteSpace(text[_at])) _at++;
        if (_at == start) _at++;
        return text[start.._at];
    }

    private string ReadQuoted()
    {
        StringBuilder quoted = new();
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

        _at++;
        return quoted.ToString();
    }
}
