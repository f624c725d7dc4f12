using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Certificates;

/// <summary>
/// The data of CERTREQ (RFC 7296 §3.7): SHA-1 hashes of the SubjectPublicKeyInfo of the authorities that somebody trusts. A hint, nothing more: it chooses
/// among certificates and refuses none.
/// </summary>
internal static class AuthorityHashes
{
    /// <summary>IKE_SA_INIT is never cut into fragments (RFC 7383 §2.4), so with these it still has to fit beside a key of modp4096 into one small packet.</summary>
    public const int MostRequested = 20;

    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "RFC 7296 §3.7 names SHA-1; nothing is trusted for it.")]
    public static byte[] Of(X509Certificate2 authority) => SHA1.HashData(authority.PublicKey.ExportSubjectPublicKeyInfo());

    /// <summary>Null: nobody is trusted, so nothing is asked for. Of many the first are named: peers with one certificate send it all the same.</summary>
    public static CertPayload? Request(IEnumerable<X509Certificate2> authorities)
    {
        byte[] data = [.. authorities.Select(Of).DistinctBy(Convert.ToHexString).Take(MostRequested).SelectMany(h => h)];
        return data.Length == 0 ? null : new CertPayload(PayloadType.CertificateRequest, (byte)CertificateEncoding.X509Signature, data);
    }

    /// <summary>The hashes of all CERTREQ payloads of encoding 4; octets left over are ignored. <paramref name="asked"/>: there was a CERTREQ.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Read(IkeMessage message, out bool asked)
    {
        List<ReadOnlyMemory<byte>> hashes = [];
        asked = false;
        foreach (CertPayload request in message.Payloads.OfType<CertPayload>().Where(p => p.Type == PayloadType.CertificateRequest))
        {
            if (request.Encoding != (byte)CertificateEncoding.X509Signature) continue;
            asked = true;
            for (ReadOnlyMemory<byte> data = request.Data; data.Length >= SHA1.HashSizeInBytes; data = data[SHA1.HashSizeInBytes..])
                hashes.Add(data[..SHA1.HashSizeInBytes]);
        }

        return hashes;
    }
}
