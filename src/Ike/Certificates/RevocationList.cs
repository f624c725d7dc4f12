using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Security.Certificates;
using Org.BouncyCastle.X509;

namespace Concentrator.Ike.Certificates;

/// <summary>
/// A certificate revocation list (RFC 5280 §5): a full one, for all certificates of its issuer. Nobody has vouched for it until
/// <see cref="IsOf"/> has. Immutable, thread-safe.
/// </summary>
public sealed class RevocationList
{
    private readonly X509Crl _list;
    private readonly byte[] _issuer;
    private readonly HashSet<BigInteger> _serials;
    private byte[]? _verifiedBy;

    private RevocationList(X509Crl list)
    {
        _list = list;
        _issuer = list.IssuerDN.GetDerEncoded();
        _serials = [.. (list.GetRevokedCertificates() ?? new HashSet<X509CrlEntry>()).Select(e => e.SerialNumber)];
        ThisUpdate = new DateTimeOffset(DateTime.SpecifyKind(list.ThisUpdate, DateTimeKind.Utc));
        NextUpdate = list.NextUpdate is { } next ? new DateTimeOffset(DateTime.SpecifyKind(next, DateTimeKind.Utc)) : null;
    }

    public DateTimeOffset ThisUpdate { get; }

    public DateTimeOffset? NextUpdate { get; }

    /// <summary>DER.</summary>
    public ReadOnlyMemory<byte> Encoded => _list.GetEncoded();

    /// <summary>Its name, safe for logs.</summary>
    public Identity Issuer => new(IdType.DerAsn1Dn, _issuer);

    /// <summary>Reads DER or PEM.</summary>
    /// <exception cref="FormatException">It is no list, or one that means something else than what it lists; the message says which.</exception>
    public static RevocationList Parse(ReadOnlySpan<byte> octets)
    {
        try
        {
            X509Crl list = new X509CrlParser().ReadCrl(octets.ToArray()) ?? throw new FormatException("it is no certificate revocation list");
            // RFC 5280 §5.2: a list with a critical extension that is not understood says nothing. Those there are make it a part: a delta, an indirect one, one for some reasons.
            if (list.GetCriticalExtensionOids() is { Count: > 0 } critical)
                throw new FormatException($"the revocation list has a critical extension {string.Join(", ", critical)}, which is not supported");
            return new RevocationList(list);
        }
        catch (Exception e) when (e is GeneralSecurityException or IOException or ArgumentException or InvalidOperationException or InvalidCastException or FormatException { InnerException: not null })
        {
            throw new FormatException("the certificate revocation list is damaged", e);
        }
    }

    /// <summary>This authority issued the list: its name, its right to, and its signature.</summary>
    public bool IsOf(X509Certificate2 authority)
    {
        if (!authority.SubjectName.RawData.AsSpan().SequenceEqual(_issuer)) return false;
        // RFC 5280 §6.3.3 (f): where the authority has a keyUsage, it has cRLSign.
        if (authority.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault() is { } usage && !usage.KeyUsages.HasFlag(X509KeyUsageFlags.CrlSign)) return false;
        byte[] key = authority.PublicKey.ExportSubjectPublicKeyInfo();
        if (Volatile.Read(ref _verifiedBy) is { } known && known.AsSpan().SequenceEqual(key)) return true;
        if (CertificateSignature.Of(_list.CertificateList.SignatureAlgorithm) is not { IsWeak: false } || !IsSignedWith(key)) return false;
        Volatile.Write(ref _verifiedBy, key);
        return true;
    }

    /// <summary>RFC 5280 §5.1.2.5: a list without nextUpdate is of no use later than at once.</summary>
    public bool IsCurrent(DateTimeOffset now) => ThisUpdate <= now && now <= NextUpdate;

    /// <summary>The list names the certificate, which is of the list's issuer.</summary>
    public bool Names(X509Certificate2 certificate) => _serials.Contains(new BigInteger(certificate.SerialNumberBytes.ToArray()));

    private bool IsSignedWith(byte[] key)
    {
        try
        {
            _list.Verify(PublicKeyFactory.CreateKey(key));
            return true;
        }
        catch (Exception e) when (e is GeneralSecurityException or CryptoException or IOException or ArgumentException or InvalidOperationException or InvalidCastException)
        {
            return false;
        }
    }
}
