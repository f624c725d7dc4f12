using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Certificates;
using Concentrator.Ike.Crypto;

namespace Concentrator.Ike.Tests.Certificates;

/// <summary>Revocation lists come from servers that nobody authenticates: whatever the octets are, they are damaged, or nobody's, or right.</summary>
public sealed class RevocationListTests
{
    private static readonly DateTimeOffset Now = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TestAuthority _root = new("Root");

    [Fact]
    public void It_names_what_its_issuer_revoked_for_as_long_as_it_says()
    {
        X509Certificate2 moon = _root.Issue(SignatureKeyKind.EcdsaP256, "moon"), sun = _root.Issue(SignatureKeyKind.EcdsaP256, "sun");
        RevocationList list = RevocationList.Parse(_root.RevocationList(Now, moon));

        Assert.True(list.IsOf(_root.Certificate));
        Assert.False(list.IsOf(new TestAuthority("Root").Certificate));
        Assert.False(list.IsOf(moon));
        Assert.True(list.Names(moon));
        Assert.False(list.Names(sun));
        Assert.Equal("CN=Root", list.Issuer.ToString());
        Assert.False(list.IsCurrent(Now.AddSeconds(-1)));
        Assert.True(list.IsCurrent(Now));
        Assert.True(list.IsCurrent(Now.AddDays(30)));
        Assert.False(list.IsCurrent(Now.AddDays(30).AddSeconds(1)));
    }

    [Fact]
    public void Every_truncation_and_every_changed_octet_is_survived_and_none_is_the_issuer_s()
    {
        byte[] octets = _root.RevocationList(Now, _root.Issue(SignatureKeyKind.EcdsaP256, "moon"));
        for (int length = 0; length < octets.Length; length++) Assert.False(IsGood(octets[..length]), $"{length} octets");
        for (int i = 0; i < octets.Length; i++)
        {
            foreach (byte change in new byte[] { 0x01, 0x20, 0x80, 0xff })
            {
                byte[] changed = [.. octets];
                changed[i] ^= change;
                Assert.False(IsGood(changed), $"octet {i} with {change:x2}");
            }
        }
    }

    [Fact]
    public void A_list_with_a_critical_extension_says_something_else_than_what_it_lists()
    {
        // RFC 5280 §5.2.5: issuingDistributionPoint, onlyContainsUserCerts.
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] critical = Critical();
        Assert.Contains("critical extension 2.5.29.28", Assert.Throws<FormatException>(() => RevocationList.Parse(critical)).Message, StringComparison.Ordinal);

        byte[] Critical()
        {
            Org.BouncyCastle.X509.X509V2CrlGenerator generator = new();
            generator.SetIssuerDN(new Org.BouncyCastle.Asn1.X509.X509Name("CN=Root"));
            generator.SetThisUpdate(Now.UtcDateTime);
            generator.SetNextUpdate(Now.UtcDateTime.AddDays(1));
            generator.AddExtension(new Org.BouncyCastle.Asn1.DerObjectIdentifier("2.5.29.28"), true, new Org.BouncyCastle.Asn1.DerSequence());
            var own = Org.BouncyCastle.Security.PrivateKeyFactory.CreateKey(key.ExportPkcs8PrivateKey());
            return generator.Generate(new Org.BouncyCastle.Crypto.Operators.Asn1SignatureFactory("SHA256WITHECDSA", own)).GetEncoded();
        }
    }

    private bool IsGood(byte[] octets)
    {
        try
        {
            return RevocationList.Parse(octets).IsOf(_root.Certificate);
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
