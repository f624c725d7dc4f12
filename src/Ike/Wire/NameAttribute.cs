using System.Buffers;
using System.Formats.Asn1;
using System.Globalization;
using System.Text;

namespace Concentrator.Ike.Wire;

/// <summary>One attribute of a distinguished name: SEQUENCE { type, value } at a place in the list of sets.</summary>
internal sealed class NameAttribute
{
    private static readonly SearchValues<char> Printable =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?");

    private readonly string _oid;

    /// <summary>Null where the value is no string.</summary>
    private readonly string? _text;

    /// <summary>The value as it is encoded; empty for a wildcard.</summary>
    private readonly byte[] _encoded;

    private NameAttribute(string oid, string? text, byte[] encoded, int position)
    {
        _oid = oid;
        _text = text;
        _encoded = encoded;
        Position = position;
    }

    /// <summary>Which set of the name it is in; attributes of one set have the same.</summary>
    public int Position { get; }

    public bool IsWildcard => _encoded.Length == 0;

    public static NameAttribute Any(string oid, int position) => new(oid, "*", [], position);

    /// <summary>RFC 5280 §4.1.2.4: PrintableString where it can be, else UTF8String; mailboxes and domain components are IA5String.</summary>
    public static NameAttribute Of(string oid, string text, int position)
    {
        UniversalTagNumber type = oid is AttributeTypes.Email or AttributeTypes.DomainComponent && Ascii.IsValid(text) ? UniversalTagNumber.IA5String
            : text.AsSpan().IndexOfAnyExcept(Printable) < 0 ? UniversalTagNumber.PrintableString
            : UniversalTagNumber.UTF8String;
        var writer = new AsnWriter(AsnEncodingRules.DER);
        // A lone surrogate is no character: what comes out is U+FFFD, as everywhere else.
        writer.WriteCharacterString(type, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)));
        return new NameAttribute(oid, text, writer.Encode(), position);
    }

    /// <exception cref="AsnContentException">It is not shaped like an attribute.</exception>
    public static NameAttribute Read(AsnReader sequence, int position)
    {
        string oid = sequence.ReadObjectIdentifier();
        Asn1Tag tag = sequence.PeekTag();
        ReadOnlyMemory<byte> encoded = sequence.PeekEncodedValue();
        string? text = IsText(tag) ? sequence.ReadCharacterString((UniversalTagNumber)tag.TagValue) : null;
        if (text is null) sequence.ReadEncodedValue();
        sequence.ThrowIfNotEmpty();
        return new NameAttribute(oid, text, encoded.ToArray(), position);
    }

    public bool Matches(NameAttribute other)
    {
        if (_oid != other._oid || Position != other.Position) return false;
        if (IsWildcard) return true;
        return _text is not null && other._text is not null
            ? string.Equals(_text.Trim(), other._text.Trim(), StringComparison.OrdinalIgnoreCase)
            : _encoded.AsSpan().SequenceEqual(other._encoded);
    }

    public void Write(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(_oid);
            writer.WriteEncodedValue(_encoded);
        }
    }

    public override string ToString() => $"{AttributeTypes.WordOf(_oid)}={(IsWildcard ? "*" : ValueText())}";

    private string ValueText()
    {
        if (_text is null) return $"#{Convert.ToHexStringLower(_encoded)}";
        StringBuilder text = new(_text.Length);
        foreach (byte octet in Encoding.UTF8.GetBytes(_text))
        {
            if (octet is (byte)',' or (byte)'+' or (byte)'/') text.Append('\\').Append((char)octet);
            else if (octet is >= 0x20 and <= 0x7e and not (byte)'\\' and not (byte)'\'') text.Append((char)octet);
            else text.Append(CultureInfo.InvariantCulture, $"\\x{octet:x2}");
        }

        return text.ToString();
    }

    private static bool IsText(Asn1Tag tag) => tag.TagClass == TagClass.Universal && (UniversalTagNumber)tag.TagValue is
        UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String or UniversalTagNumber.BMPString
        or UniversalTagNumber.NumericString or UniversalTagNumber.VisibleString or UniversalTagNumber.T61String;
}
