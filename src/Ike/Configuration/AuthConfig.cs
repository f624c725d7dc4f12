using System.Security.Cryptography.X509Certificates;

namespace Concentrator.Ike.Configuration;

/// <summary>
/// How one side of a connection proves who it is. <see cref="Id"/> null: on the local side the address in use (or the subject of its certificate), on the
/// remote side anybody (%any) whose key is known.
/// </summary>
public sealed record AuthConfig(IdentityPattern? Id)
{
    public AuthKind Kind { get; init; } = AuthKind.PreSharedKey;

    /// <summary>Local: the end entity certificates we may present, in order of preference. Remote: accepted as they are, whoever issued them.</summary>
    public IReadOnlyList<X509Certificate2> Certificates { get; init; } = [];

    /// <summary>Remote: the peer's chain has to end in one of these; empty: in any authority the gateway knows.</summary>
    public IReadOnlyList<X509Certificate2> Authorities { get; init; } = [];

    /// <summary>Remote: what a certificate whose revocation cannot be found out is worth.</summary>
    public RevocationPolicy Revocation { get; init; } = RevocationPolicy.Relaxed;

    /// <summary>Local: how we sign. Remote: which signatures are accepted, of AUTH and of certificates.</summary>
    public SignatureConstraints Signatures { get; init; } = SignatureConstraints.None;

    /// <summary>A certificate that one of them trusts the other trusts too.</summary>
    public bool TrustsLike(AuthConfig other) =>
        Signatures.IsSameAs(other.Signatures) && Revocation == other.Revocation
        && Sameness.AreSame(Authorities, other.Authorities) && Sameness.AreSame(Certificates, other.Certificates);

    public bool IsSameAs(AuthConfig other) => Equals(Id, other.Id) && Kind == other.Kind && TrustsLike(other);
}

public enum AuthKind
{
    PreSharedKey,

    /// <summary>A signature, and a certificate for its key (swanctl.conf <c>auth = pubkey</c>).</summary>
    PublicKey,
}

/// <summary>How hard revocation is looked into (swanctl.conf <c>revocation</c>).</summary>
public enum RevocationPolicy
{
    /// <summary>Only a certificate that is known to be revoked is refused.</summary>
    Relaxed,

    /// <summary>Refused when it names a CRL or an OCSP responder and neither can be had.</summary>
    IfUri,

    /// <summary>Refused unless it is known to be good.</summary>
    Strict,
}
