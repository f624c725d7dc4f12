using System.Globalization;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Configuration;

/// <summary>
/// Which signatures are made, or accepted (swanctl.conf <c>auth</c>): <c>pubkey</c>, or <c>rsa</c>, <c>rsa/pss</c>, <c>ecdsa</c> and <c>ed25519</c>, each with the smallest
/// size of its keys and with hashes behind it, as in <c>rsa-2048-sha256-ecdsa-256-sha384</c>. In front, <c>ike:</c> leaves the certificates' own signatures out. Immutable.
/// </summary>
public sealed class SignatureConstraints
{
    private const string IkeOnly = "ike:";

    private static readonly Dictionary<string, (KeyFamily? Family, bool IsPss)> Keys = new()
    {
        ["pubkey"] = (null, false),
        ["rsa"] = (KeyFamily.Rsa, false),
        ["rsa/pss"] = (KeyFamily.Rsa, true),
        ["ecdsa"] = (KeyFamily.Ecdsa, false),
        ["ed25519"] = (KeyFamily.Ed25519, false),
    };

    private static readonly Dictionary<string, HashId> Hashes = new()
    {
        ["sha256"] = HashId.Sha256,
        ["sha384"] = HashId.Sha384,
        ["sha512"] = HashId.Sha512,
        ["identity"] = HashId.Identity,
    };

    private readonly IReadOnlyList<SignatureRule> _rules;
    private readonly bool _coversCertificates;
    private readonly string _text;

    private SignatureConstraints(string text, IReadOnlyList<SignatureRule> rules, bool coversCertificates) =>
        (_text, _rules, _coversCertificates) = (text, rules, coversCertificates);

    /// <summary>Whatever is strong enough.</summary>
    public static SignatureConstraints None { get; } = Parse("pubkey");

    /// <summary>Reads a value of <c>auth</c>.</summary>
    /// <exception cref="FormatException">It is not one; the message says what is wrong.</exception>
    public static SignatureConstraints Parse(string text)
    {
        string normal = text.Trim().ToLowerInvariant();
        bool isIkeOnly = normal.StartsWith(IkeOnly, StringComparison.Ordinal);
        List<SignatureRule> rules = [];
        foreach (string token in (isIkeOnly ? normal[IkeOnly.Length..] : normal).Split('-'))
        {
            if (Keys.TryGetValue(token, out (KeyFamily? Family, bool IsPss) key)) rules.Add(new SignatureRule(key.Family, key.IsPss, 0, []));
            else if (rules.Count == 0) throw new FormatException($"'{text}' is not one of psk, {string.Join(", ", Keys.Keys)}, which alone are supported yet");
            else rules[^1] = Refine(rules[^1], token, text);
        }

        return new SignatureConstraints(normal, rules, !isIkeOnly);
    }

    /// <summary>AUTH may be signed like this.</summary>
    public bool Allow(KeyFamily family, int bits, bool isPss, HashId hash) => _rules.Any(r => r.IsFor(family) && r.Allows(bits, isPss, hash));

    /// <summary>Not every certificate will do.</summary>
    public bool ConstrainCertificates => _coversCertificates && _rules.Any(r => r.SmallestKey > 0 || r.Hashes.Count > 0);

    /// <summary>
    /// A certificate may be signed like this. Key types alone say nothing of certificates, sizes only of keys of their type; hashes say all.
    /// </summary>
    public bool AllowCertificate(KeyFamily family, int bits, bool isPss, HashId? hash)
    {
        if (!_coversCertificates) return true;
        if (_rules.Any(r => r.Hashes.Count > 0)) return hash is { } known && Allow(family, bits, isPss, known);
        SignatureRule[] concerned = [.. _rules.Where(r => r.SmallestKey > 0 && r.IsFor(family))];
        return concerned.Length == 0 || concerned.Any(r => bits >= r.SmallestKey);
    }

    /// <summary>PKCS#1 is wanted by name, as <c>rsa-sha256</c> does and <c>pubkey-sha256</c> does not.</summary>
    public bool PreferPkcs1 => _rules.Any(r => r is { Family: KeyFamily.Rsa, IsPss: false, Hashes.Count: > 0 });

    public bool IsSameAs(SignatureConstraints other) => _text == other._text;

    public override string ToString() => _text;

    private static SignatureRule Refine(SignatureRule rule, string token, string text)
    {
        if (Hashes.TryGetValue(token, out HashId hash)) return rule with { Hashes = [.. rule.Hashes, hash] };
        bool hasSize = rule.Family is KeyFamily.Rsa or KeyFamily.Ecdsa && rule.SmallestKey == 0 && rule.Hashes.Count == 0;
        if (hasSize && int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out int bits) && bits is >= 128 and <= 16384) return rule with { SmallestKey = bits };
        throw new FormatException($"'{token}' in '{text}' is not supported: hashes are {string.Join(", ", Hashes.Keys)}, and behind rsa or ecdsa first comes the size of the key");
    }
}

/// <summary>One key type of <see cref="SignatureConstraints"/>. <see cref="Family"/> null: any; <see cref="SmallestKey"/> in bits; no <see cref="Hashes"/>: all.</summary>
internal sealed record SignatureRule(KeyFamily? Family, bool IsPss, int SmallestKey, IReadOnlyList<HashId> Hashes)
{
    public bool IsFor(KeyFamily family) => Family is null || Family == family;

    public bool Allows(int bits, bool isPss, HashId hash) => bits >= SmallestKey && (isPss || !IsPss) && (Hashes.Count == 0 || Hashes.Contains(hash));
}
