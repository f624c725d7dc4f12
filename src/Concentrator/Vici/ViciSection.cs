using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Concentrator.Vici;

/// <summary>A section of a message that was read, or the message itself: values, lists and sections by name, each in its order.</summary>
internal sealed class ViciSection
{
    public OrderedDictionary<string, byte[]> Values { get; } = [];

    public OrderedDictionary<string, List<byte[]>> Lists { get; } = [];

    public OrderedDictionary<string, ViciSection> Sections { get; } = [];

    public bool TryGetText(string key, [NotNullWhen(true)] out string? text)
    {
        text = Values.TryGetValue(key, out byte[]? value) ? Encoding.UTF8.GetString(value) : null;
        return text is not null;
    }

    public string? Text(string key) => TryGetText(key, out string? text) ? text : null;

    /// <summary>Null when it is absent.</summary>
    /// <exception cref="ViciException">It is no number.</exception>
    public long? Number(string key)
    {
        if (!TryGetText(key, out string? text)) return null;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new ViciException($"invalid value for {key}: '{text}'");
    }

    /// <exception cref="ViciException">It is not there.</exception>
    public string Required(string key, string complaint) => TryGetText(key, out string? text) ? text : throw new ViciException(complaint);

    /// <summary>Zeroes all values: they may be keys.</summary>
    public void Wipe()
    {
        foreach (byte[] value in Values.Values.Concat(Lists.Values.SelectMany(items => items))) CryptographicOperations.ZeroMemory(value);
        foreach (ViciSection section in Sections.Values) section.Wipe();
    }

    /// <summary>As charon reads it: yes, true, enabled, 1.</summary>
    public bool Flag(string key) => Text(key) is "yes" or "true" or "enabled" or "1";
}

/// <summary>A request that cannot be carried out. The message goes to the client as <c>errmsg</c>.</summary>
internal sealed class ViciException(string message) : Exception(message);
