using System.Security.Cryptography.X509Certificates;

namespace Concentrator.Ike.Crypto;

/// <summary>A private key that signs AUTH (RFC 7427, RFC 4754, RFC 8420): RSA, ECDSA on P-256, P-384 or P-521, or Ed25519. Never printed.</summary>
public abstract class SigningKey : IDisposable
{
    /// <summary>The public key as DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).</summary>
    public abstract ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>The certificate is for this key.</summary>
    public bool IsKeyOf(X509Certificate2 certificate) => certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(PublicKey.Span);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
