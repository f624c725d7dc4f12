using System.Globalization;
using System.Net;
using Concentrator.Actors.Node;

namespace Concentrator.Actors.IkeSa;

/// <summary>
/// What somebody looks for among IKE SAs: words, each of which must be part of a name, an identity, an address, or an SPI, whatever its case.
/// Looking at one IKE SA takes no memory.
/// </summary>
internal sealed class SessionPattern
{
    private const int ShortestSpi = 3;
    private const int SpiDigits = 16;
    private const int ChildSpiDigits = 8;
    private const int LongestAddress = 65;

    private readonly Word[] _words;

    public SessionPattern(string text) =>
        _words = [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(word => new Word(word))];

    public bool Matches(IkeSaSnapshot face, ReadOnlySpan<ChildSaSnapshot> children)
    {
        foreach (Word word in _words)
            if (!word.IsIn(face) && !word.IsIn(children)) return false;
        return true;
    }

    private sealed class Word
    {
        private readonly string _text;
        private readonly bool _isSpi;
        private readonly bool _isAddress;
        private readonly int? _number;

        public Word(string text)
        {
            _text = text;
            _isSpi = text.Length >= ShortestSpi && text.All(char.IsAsciiHexDigit);
            _isAddress = text.All(c => char.IsAsciiHexDigit(c) || c is '.' or ':' or '[' or ']');
            // sun[2], as the log has it.
            if (text.EndsWith(']') && text.LastIndexOf('[') is var bracket and >= 0
                && int.TryParse(text.AsSpan(bracket + 1, text.Length - bracket - 2), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                _number = number;
                Name = text[..bracket];
            }
        }

        private string? Name { get; }

        public bool IsIn(IkeSaSnapshot face) =>
            Has(face.Name) || Has(face.RemoteIdentity) || Has(face.LocalIdentity)
            || (_number == face.Number && face.Name.EndsWith(Name!, StringComparison.OrdinalIgnoreCase))
            || (_isAddress && (IsIn(face.Remote) || IsIn(face.Local)))
            || (_isSpi && (IsIn(face.LocalSpi, SpiDigits) || IsIn(face.RemoteSpi, SpiDigits)));

        public bool IsIn(ReadOnlySpan<ChildSaSnapshot> children)
        {
            foreach (ChildSaSnapshot child in children)
                if (Has(child.Name) || (_isSpi && (IsIn(child.InboundSpi, ChildSpiDigits) || IsIn(child.OutboundSpi, ChildSpiDigits)))) return true;
            return false;
        }

        private bool Has(string? text) => text is not null && text.Contains(_text, StringComparison.OrdinalIgnoreCase);

        private bool IsIn(IPEndPoint? endpoint)
        {
            if (endpoint is null) return false;
            Span<char> text = stackalloc char[LongestAddress];
            return endpoint.Address.TryFormat(text, out int length) && text[..length].Contains(_text, StringComparison.OrdinalIgnoreCase);
        }

        private bool IsIn(ulong spi, int digits)
        {
            Span<char> text = stackalloc char[SpiDigits];
            spi.TryFormat(text, out int length, digits == SpiDigits ? "x16" : "x8", CultureInfo.InvariantCulture);
            return text[..length].Contains(_text, StringComparison.OrdinalIgnoreCase);
        }
    }
}
