using Concentrator.Ike.Certificates;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Certificates;

/// <summary>How many certificates of a peer are looked at, and how large they may be.</summary>
public class PeerCertificatesTests
{
    private static readonly byte[] EndEntity = new TestAuthority("Root").Issue(SignatureKeyKind.EcdsaP256, "moon").RawData;

    [Fact]
    public void A_mebibyte_of_certificates_is_refused_unread()
    {
        using PeerCertificates? read = PeerCertificates.Read(Message([EndEntity, .. Enumerable.Repeat(new byte[128 * 1024], 8)]), out string? refusal);

        Assert.Null(read);
        Assert.Contains("octets of certificates", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Both_bounds_are_exact()
    {
        int rest = PeerCertificates.MostOctets - EndEntity.Length;

        Assert.NotNull(PeerCertificates.Read(Message([EndEntity, new byte[rest]]), out _));
        Assert.Null(PeerCertificates.Read(Message([EndEntity, new byte[rest + 1]]), out string? tooLarge));
        Assert.NotNull(tooLarge);
        Assert.NotNull(PeerCertificates.Read(Message([EndEntity, .. Enumerable.Repeat(new byte[9], 9)]), out _));
        Assert.Null(PeerCertificates.Read(Message([EndEntity, .. Enumerable.Repeat(new byte[9], 10)]), out string? tooMany));
        Assert.NotNull(tooMany);
    }

    [Fact]
    public void No_certificate_is_no_fault_yet()
    {
        Assert.Null(PeerCertificates.Read(Message([]), out string? refusal));
        Assert.Null(refusal);
    }

    [Fact]
    public void Every_truncation_and_every_changed_octet_is_survived()
    {
        for (int i = 0; i < EndEntity.Length; i++)
        {
            Assert.Null(PeerCertificates.Read(Message([EndEntity[..i]]), out string? refusal));
            Assert.NotNull(refusal);
            byte[] changed = [.. EndEntity];
            changed[i] ^= 0x55;
            using PeerCertificates? read = PeerCertificates.Read(Message([changed]), out _);
            if (read is not null)
            {
                Assert.False(SignatureAuthentication.Verify(read.EndEntity, AuthMethod.DigitalSignature, new byte[80], [1, 2, 3]).IsGood);
                Assert.False(CertificateIdentity.Confirms(read.EndEntity, Identity.Parse("venus.example.org")));
            }
        }
    }

    private static IkeMessage Message(IReadOnlyList<byte[]> certificates) => new(
        default, [.. certificates.Select(c => new CertPayload(PayloadType.Certificate, (byte)CertificateEncoding.X509Signature, c))]);
}
