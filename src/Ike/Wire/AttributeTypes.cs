using System.Formats.Asn1;

namespace Concentrator.Ike.Wire;

/// <summary>Attributes of distinguished names: the words of swanctl.conf and their OIDs (RFC 4519, RFC 5280 §A.1, RFC 2985).</summary>
internal static class AttributeTypes
{
    public const string Email = "1.2.840.113549.1.9.1";
    public const string DomainComponent = "0.9.2342.19200300.100.1.25";

    // The first word of an OID is the one that is printed.
    private static readonly (string Word, string Oid)[] Table =
    [
        ("CN", "2.5.4.3"),
        ("S", "2.5.4.4"),
        ("SN", "2.5.4.5"),
        ("serialNumber", "2.5.4.5"),
        ("C", "2.5.4.6"),
        ("L", "2.5.4.7"),
        ("ST", "2.5.4.8"),
        ("STREET", "2.5.4.9"),
        ("O", "2.5.4.10"),
        ("OU", "2.5.4.11"),
        ("T", "2.5.4.12"),
        ("title", "2.5.4.12"),
        ("D", "2.5.4.13"),
        ("postalCode", "2.5.4.17"),
        ("N", "2.5.4.41"),
        ("G", "2.5.4.42"),
        ("I", "2.5.4.43"),
        ("ID", "2.5.4.45"),
        ("dnQualifier", "2.5.4.46"),
        ("pseudonym", "2.5.4.65"),
        ("role", "2.5.4.72"),
        ("UID", "0.9.2342.19200300.100.1.1"),
        ("DC", DomainComponent),
        ("E", Email),
        ("Email", Email),
        ("emailAddress", Email),
        ("UN", "1.2.840.113549.1.9.2"),
        ("unstructuredName", "1.2.840.113549.1.9.2"),
        ("UA", "1.2.840.113549.1.9.8"),
        ("unstructuredAddress", "1.2.840.113549.1.9.8"),
        ("EN", "2.16.840.1.113730.3.1.3"),
        ("employeeNumber", "2.16.840.1.113730.3.1.3"),
    ];

    /// <summary>The OID of a word, whatever its case; dotted decimal stands for itself. Null: neither.</summary>
    public static string? OidOf(string word)
    {
        foreach ((string known, string oid) in Table)
        {
            if (known.Equals(word, StringComparison.OrdinalIgnoreCase)) return oid;
        }

        return word.Contains('.') && IsOid(word) ? word : null;
    }

    public static string WordOf(string oid) => Table.FirstOrDefault(row => row.Oid == oid).Word ?? oid;

    private static bool IsOid(string text)
    {
        try
        {
            new AsnWriter(AsnEncodingRules.DER).WriteObjectIdentifier(text);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
