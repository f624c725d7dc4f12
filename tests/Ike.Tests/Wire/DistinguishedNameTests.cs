using System.Security.Cryptography.X509Certificates;
using System.Text;
using Concentrator.Ike.Certificates;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Tests.Crypto.Signatures;
using Concentrator.Ike.Wire;
using CsCheck;

namespace Concentrator.Ike.Tests.Wire;

/// <summary>Distinguished names: text, DER, and patterns RDN by RDN.</summary>
public class DistinguishedNameTests
{
    private static readonly string[] Telling = ["CN=", "1.2.3=", ", O=", "\\x", "\\", "*", "/C="];

    private const string Moon = "C=CH, O=strongSwan, CN=moon.strongswan.org";

    [Fact]
    public void The_order_of_the_text_is_the_order_of_the_certificate()
    {
        byte[] der = Certificate("/C=CH/O=strongSwan/CN=moon.strongswan.org").SubjectName.RawData;

        Assert.Equal(Moon, new Identity(IdType.DerAsn1Dn, der).ToString());
        Assert.True(IdentityPattern.Parse(Moon).Match(new Identity(IdType.DerAsn1Dn, der)) == IdentityMatch.Exact);
    }

    [Theory]
    [InlineData(Moon)]
    [InlineData("DC=org, DC=example, UID=carol, E=carol@example.org")]
    [InlineData("C=DE, ST=Bayern, L=Muenchen, STREET=Am Tor 1, postalCode=80331, SN=0815, CN=x")]
    [InlineData(@"O=One\, Two \+ Three, CN=a\/b")]
    [InlineData(@"O=M\xc3\xbcller, CN=\x5c\x27")]
    [InlineData("1.2.3.4.5=odd, CN=x")]
    public void What_is_printed_reads_back(string text)
    {
        Identity identity = Identity.Parse(text);

        Assert.Equal(IdType.DerAsn1Dn, identity.Type);
        Assert.Equal(text, identity.ToString());
        Assert.Equal(identity, Identity.Parse(identity.ToString()));
    }

    [Theory]
    [InlineData("/C=CH/O=Ex, Inc./CN=moon", @"C=CH, O=Ex\, Inc., CN=moon")]
    [InlineData("c=CH,o=A , cn = moon", "C=CH, O=A, CN=moon")]
    [InlineData("emailAddress=a@b.c, title=Dr", "E=a@b.c, T=Dr")]
    [InlineData("asn1dn:CN=moon", "CN=moon")]
    [InlineData("O=Müller", @"O=M\xc3\xbcller")]
    public void Other_ways_to_write_a_name(string text, string printed) => Assert.Equal(printed, Identity.Parse(text).ToString());

    [Theory]
    [InlineData("C=CH, O=strongSwan, CN=*", Moon, IdentityMatch.Wildcard)]
    [InlineData("C=*, O=*, CN=*", Moon, IdentityMatch.Wildcard)]
    [InlineData("C=CH, O=strongSwan, CN=*", "C=CH, O=strongSwan, OU=a, CN=moon", IdentityMatch.None)]
    [InlineData("C=CH, O=strongSwan, CN=*", "C=CH, O=strongSwan", IdentityMatch.None)]
    [InlineData("C=CH, O=strongSwan, CN=*", "O=strongSwan, C=CH, CN=moon", IdentityMatch.None)]
    [InlineData("C=CH, O=strongSwan, CN=*", "C=CH, O=Other, CN=moon", IdentityMatch.None)]
    [InlineData("C=CH, O=strongSwan, CN=*", "C=CH, O=strongSwan, OU=moon", IdentityMatch.None)]
    [InlineData("C=CH, O=strongSwan, CN=*", "moon.strongswan.org", IdentityMatch.None)]
    [InlineData("C=ch, O=STRONGswan, CN=moon.strongswan.org", Moon, IdentityMatch.Exact)]
    [InlineData("C=CH, O=strongSwan, CN=sun.strongswan.org", Moon, IdentityMatch.None)]
    [InlineData("%any", Moon, IdentityMatch.Any)]
    public void Patterns_are_matched_rdn_by_rdn(string pattern, string identity, IdentityMatch expected) =>
        Assert.Equal(expected, IdentityPattern.Parse(pattern).Match(Identity.Parse(identity)));

    [Fact]
    public void The_kind_of_string_does_not_count()
    {
        byte[] printable = Convert.FromHexString("300f310d300b060355040313046d6f6f6e");
        byte[] utf8 = Convert.FromHexString("300f310d300b06035504030c046d6f6f6e");

        Assert.True(IdentityPattern.Parse("CN=moon").Matches(new Identity(IdType.DerAsn1Dn, printable)));
        Assert.True(IdentityPattern.Parse("CN=moon").Matches(new Identity(IdType.DerAsn1Dn, utf8)));
    }

    [Theory]
    [InlineData("CH, O=x")]
    [InlineData("C=CH, X Y=z")]
    [InlineData("C=")]
    [InlineData("C=CH, , O=x")]
    [InlineData("=x")]
    [InlineData("nope=x")]
    [InlineData(".8=x")]
    [InlineData("1.=x")]
    [InlineData("3.1=x")]
    [InlineData("1..2=x")]
    public void What_is_no_name_is_refused(string text) => Assert.Throws<FormatException>(() => DistinguishedName.Parse(text));

    [Fact]
    public void Any_text_is_a_name_or_refused() => Gen.Select(
            Gen.String, Gen.Int[0, Telling.Length - 1], Gen.String, (before, i, after) => before + Telling[i] + after)
        .Sample(text =>
        {
            try
            {
                _ = DistinguishedName.Parse(text).ToString();
            }
            catch (FormatException)
            {
            }
        });

    [Fact]
    public void A_pattern_is_no_identity() => Assert.Throws<FormatException>(() => Identity.Parse("C=CH, CN=*"));

    [Fact]
    public void Octets_that_are_no_name_are_shown_as_hex()
    {
        byte[] der = Identity.Parse(Moon).Data.ToArray();
        for (int length = 0; length < der.Length; length++)
        {
            Assert.Null(DistinguishedName.Decode(der.AsSpan(0, length)));
            Assert.Equal(Convert.ToHexStringLower(der.AsSpan(0, length)), new Identity(IdType.DerAsn1Dn, der.AsSpan(0, length)).ToString());
        }

        Assert.Null(DistinguishedName.Decode([.. der, 0]));
    }

    [Fact]
    public void A_name_of_endless_attributes_is_no_name()
    {
        string text = string.Join(", ", Enumerable.Repeat("OU=x", 65));

        Assert.Null(DistinguishedName.Decode(Identity.Parse(text).Data.Span));
    }

    [Fact]
    public void What_a_name_holds_cannot_break_a_log_line()
    {
        Identity identity = new(IdType.DerAsn1Dn, DistinguishedName.Parse(@"CN=a\x0ab\x1bc\x00d").Encode());

        Assert.Equal(@"CN=a\x0ab\x1bc\x00d", identity.ToString());
    }

    [Theory]
    [InlineData("C=CH, O=Example, CN=moon", true)]
    [InlineData("C=CH, O=Example, CN=sun", false)]
    [InlineData("moon.example.org", true)]
    [InlineData("MOON.example.org", true)]
    [InlineData("sun.example.org", false)]
    [InlineData("moon", false)]
    [InlineData("wild.other.org", false)]
    [InlineData("moon@example.org", true)]
    [InlineData("@@moon.example.org", false)]
    [InlineData("192.0.2.1", true)]
    [InlineData("192.0.2.2", false)]
    [InlineData("2001:db8::1", true)]
    [InlineData("keyid:moon.example.org", false)]
    public void A_certificate_confirms_its_own_names_alone(string identity, bool expected)
    {
        X509Certificate2 certificate = Certificate(
            "/C=CH/O=Example/CN=moon",
            "subjectAltName=DNS:moon.example.org,DNS:*.other.org,email:moon@example.org,IP:192.0.2.1,IP:2001:db8::1,URI:http://sun.example.org");

        Assert.Equal(expected, CertificateIdentity.Confirms(certificate, Identity.Parse(identity)));
    }

    [Fact]
    public void A_zero_octet_hides_nothing()
    {
        X509Certificate2 certificate = Certificate("/CN=x", "subjectAltName=DER:300D820B6D6F6F6E006576696C2E78");

        Assert.False(CertificateIdentity.Confirms(certificate, Identity.Parse("moon")));
        Assert.True(CertificateIdentity.Confirms(certificate, new Identity(IdType.Fqdn, Encoding.ASCII.GetBytes("moon\0evil.x"))));
    }

    [Fact]
    public void A_certificate_without_a_subject_confirms_no_empty_name()
    {
        X509Certificate2 certificate = Certificate("/", "subjectAltName=DNS:moon.example.org");

        Assert.False(CertificateIdentity.Confirms(certificate, CertificateIdentity.Subject(certificate)));
        Assert.False(CertificateIdentity.Confirms(certificate, new Identity(IdType.Fqdn, [])));
    }

    private static X509Certificate2 Certificate(string subject, params string[] extensions) => X509CertificateLoader.LoadCertificate(OpenSsl.Run(
        TestKeys.Of(Ike.Crypto.SignatureKeyKind.EcdsaP256).Pem,
        ["req", "-x509", "-new", "-key", "/dev/stdin", "-subj", subject, "-outform", "DER", .. extensions.SelectMany(e => new[] { "-addext", e })]));
}
