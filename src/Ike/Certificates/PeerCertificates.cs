using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Certificates;

/// <summary>
/// The certificates of one message, in its order: the first holds the key of AUTH (RFC 7296 §3.6). Bounded; owns the end entity certificate.
/// </summary>
internal sealed class PeerCertificates : IDisposable
{
    /// <summary>A chain is short: more than this is an attempt to be expensive (CVE-2021-41991's class).</summary>
    public const int MostCertificates = 10;

    public const int MostOctets = 64 * 1024;

    private const byte DerSequence = 0x30;

    private PeerCertificates(X509Certificate2 endEntity, IReadOnlyList<ReadOnlyMemory<byte>> octets)
    {
        EndEntity = endEntity;
        Octets = octets;
    }

    public X509Certificate2 EndEntity { get; }

    /// <summary>The DER of all of them, the end entity's first.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Octets { get; }

    /// <summary>Null with a reason where the message holds too much or no certificate; null without a reason where it holds no CERT payload.</summary>
    public static PeerCertificates? Read(IkeMessage message, out string? refusal)
    {
        List<CertPayload> payloads = [.. message.Payloads.OfType<CertPayload>().Where(p => p.Type == PayloadType.Certificate)];
        int octets = payloads.Sum(p => p.Data.Length);
        refusal = null;
        if (payloads.Count > MostCertificates)
            refusal = $"{payloads.Count} certificates are more than {MostCertificates}";
        else if (octets > MostOctets)
            refusal = $"{octets} octets of certificates are more than {MostOctets}";
        if (refusal is not null || payloads.Count == 0) return null;

        List<ReadOnlyMemory<byte>> chain = [.. payloads.Where(p => p.Encoding == (byte)CertificateEncoding.X509Signature).Select(p => p.Data)];
        if (chain.Count == 0)
        {
            refusal = $"certificates of encoding {payloads[0].Encoding} are not supported";
            return null;
        }

        if (TryLoad(chain[0].Span) is { } endEntity) return new PeerCertificates(endEntity, chain);
        refusal = "its end entity certificate is damaged";
        return null;
    }

    public void Dispose() => EndEntity.Dispose();

    private static X509Certificate2? TryLoad(ReadOnlySpan<byte> octets)
    {
        // RFC 7296 §3.6: DER. The loader would take PEM too.
        if (octets.IsEmpty || octets[0] != DerSequence) return null;
        try
        {
            return X509CertificateLoader.LoadCertificate(octets);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
