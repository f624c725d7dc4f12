using System.Security.Cryptography.X509Certificates;

namespace Concentrator.Ike.Crypto;

/// <summary>
/// A private key that signs AUTH (RFC 7427, RFC 4754, RFC 8420): RSA, ECDSA on P-256, P-384 or P-521, or Ed25519. Never printed.
/// Made by <see cref="SigningKeys.Parse"/>; whoever loaded it disposes it. Signing is safe from several threads at once.
/// </summary>
public abstract class SigningKey : IDisposable
{
    public abstract SignatureKeyKind Kind { get; }

    /// <summary>Of the modulus or the curve.</summary>
    public virtual int Bits => Kind.Bits();

    /// <summary>The public key as DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).</summary>
    public abstract ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>The certificate is for this key.</summary>
    public bool IsKeyOf(X509Certificate2 certificate) => certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(PublicKey.Span);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The key's kind and the size of its modulus or curve; nothing of the key itself.</summary>
    public sealed override string ToString() => $"{Kind} private key";

    /// <summary>The signature over <paramref name="octets"/>, encoded as <paramref name="scheme"/> wants it; the scheme is one for keys of this kind.</summary>
    internal abstract byte[] Sign(SignatureScheme scheme, ReadOnlySpan<byte> octets);

    protected abstract void Dispose(bool disposing);
}
