using System.Formats.Asn1;

namespace Concentrator.Ike.Wire;

/// <summary>
/// An X.501 name (RFC 5280 §4.1.2.4) as a list of its attributes, in the order of the certificate: the country first, usually. Whether two
/// name the same is asked with <see cref="Matches"/>; equal are those that are written alike. Immutable.
/// </summary>
public sealed partial class DistinguishedName : IEquatable<DistinguishedName>
{
    private const int MostAttributes = 64;

    private readonly IReadOnlyList<NameAttribute> _attributes;

    private DistinguishedName(IReadOnlyList<NameAttribute> attributes) => _attributes = attributes;

    /// <summary>Some attribute may have any value.</summary>
    public bool HasWildcards => _attributes.Any(a => a.IsWildcard);

    /// <summary>RFC 5280 §4.1.2.6: a certificate may name its subject in subjectAltName alone.</summary>
    public bool IsEmpty => _attributes.Count == 0;

    /// <summary>Null: the octets are no name.</summary>
    public static DistinguishedName? Decode(ReadOnlySpan<byte> der)
    {
        try
        {
            List<NameAttribute> attributes = [];
            var reader = new AsnReader(der.ToArray(), AsnEncodingRules.DER);
            AsnReader sequence = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            for (int position = 0; sequence.HasData; position++)
            {
                AsnReader set = sequence.ReadSetOf(skipSortOrderValidation: true);
                while (set.HasData)
                {
                    if (attributes.Count == MostAttributes) return null;
                    attributes.Add(NameAttribute.Read(set.ReadSequence(), position));
                }
            }

            return new DistinguishedName(attributes);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>
    /// Both have the same number of attributes, and each has the same type and value as the other's at its place. RFC 5280 §7.1: neither the case, nor space
    /// at the ends, nor the kind of string counts.
    /// </summary>
    /// <param name="other">A name; attributes of ours that are <c>*</c> match any value in it.</param>
    public bool Matches(DistinguishedName other) =>
        _attributes.Count == other._attributes.Count && _attributes.Zip(other._attributes).All(pair => pair.First.Matches(pair.Second));

    /// <summary>The name without the lone values <c>*</c>, which DER cannot say.</summary>
    /// <exception cref="InvalidOperationException">It <see cref="HasWildcards"/>.</exception>
    public byte[] Encode()
    {
        if (HasWildcards) throw new InvalidOperationException("A pattern is no name.");
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (IGrouping<int, NameAttribute> set in _attributes.GroupBy(a => a.Position))
            {
                using (writer.PushSetOf())
                {
                    foreach (NameAttribute attribute in set) attribute.Write(writer);
                }
            }
        }

        return writer.Encode();
    }

    public bool Equals(DistinguishedName? other) => other is not null && ToString() == other.ToString();

    public override bool Equals(object? obj) => Equals(obj as DistinguishedName);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
