using System.Text;

namespace Concentrator.Ike.Wire;

public sealed partial class DistinguishedName
{
    /// <summary>
    /// Reads <c>C=CH, O=strongSwan, CN=moon</c>, or <c>/C=CH/O=strongSwan/CN=moon</c>, in the order of the certificate. A value <c>*</c> matches anything;
    /// a backslash takes the special meaning from the next character, or with <c>xNN</c> gives an octet.
    /// </summary>
    /// <exception cref="FormatException">An attribute is not known, or has no value.</exception>
    public static DistinguishedName Parse(string text)
    {
        text = text.Trim();
        char separator = text.StartsWith('/') ? '/' : ',';
        List<NameAttribute> attributes = [];
        foreach (string part in Split(separator == '/' ? text[1..] : text, separator))
        {
            int equals = part.IndexOf('=');
            if (equals <= 0) throw new FormatException($"'{text}' is no distinguished name: '{part.Trim()}' is not attribute=value");
            string word = part[..equals].Trim();
            string oid = AttributeTypes.OidOf(word) ?? throw new FormatException($"'{text}' is no distinguished name: '{word}' is no known attribute");
            string raw = part[(equals + 1)..].Trim();
            if (raw.Length == 0) throw new FormatException($"'{text}' is no distinguished name: {word} has no value");
            attributes.Add(raw == "*" ? NameAttribute.Any(oid, attributes.Count) : NameAttribute.Of(oid, Unescape(raw), attributes.Count));
        }

        return new DistinguishedName(attributes);
    }

    /// <summary>As <see cref="Parse"/> reads it; for logs, nothing but printable ASCII.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        int last = -1;
        foreach (NameAttribute attribute in _attributes)
        {
            if (text.Length > 0) text.Append(attribute.Position == last ? " + " : ", ");
            last = attribute.Position;
            text.Append(attribute);
        }

        return text.ToString();
    }

    private static IEnumerable<string> Split(string text, char separator)
    {
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == separator)
            {
                yield return text[start..i];
                start = i + 1;
            }
        }

        yield return text[start..];
    }

    private static string Unescape(string raw)
    {
        if (!raw.Contains('\\')) return raw;
        using MemoryStream octets = new();
        for (int i = 0; i < raw.Length; i++)
        {
            if (raw[i] == '\\' && i + 3 < raw.Length && raw[i + 1] == 'x' && Uri.IsHexDigit(raw[i + 2]) && Uri.IsHexDigit(raw[i + 3]))
            {
                octets.WriteByte(Convert.FromHexString(raw.AsSpan(i + 2, 2))[0]);
                i += 3;
                continue;
            }

            if (raw[i] == '\\' && i + 1 < raw.Length) i++;
            int length = char.IsHighSurrogate(raw[i]) && i + 1 < raw.Length ? 2 : 1;
            octets.Write(Encoding.UTF8.GetBytes(raw.Substring(i, length)));
            i += length - 1;
        }

        return Encoding.UTF8.GetString(octets.ToArray());
    }
}
