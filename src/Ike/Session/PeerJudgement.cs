using Concentrator.Ike.Configuration;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>
/// What is asked about the certificates of a peer whose signature is good: are they to be trusted, now? Clock and revocation lists are not the
/// core's, so the answer comes as <see cref="CertificatesJudged"/>.
/// </summary>
/// <param name="Chain">
/// The peer's DER certificates as it sent them, the end entity's first, which confirms <paramref name="Peer"/>. Not empty; the others may be anything.
/// </param>
/// <param name="Peer">Who the peer says it is.</param>
/// <param name="Remote">What the configuration wants of it.</param>
public sealed record CertificateQuestion(IReadOnlyList<ReadOnlyMemory<byte>> Chain, Identity Peer, AuthConfig Remote);

/// <summary>Judge these certificates. Answered by exactly one <see cref="CertificatesJudged"/>, soon.</summary>
public sealed record ValidateCertificates(CertificateQuestion Question) : SessionEffect;

/// <summary>The answer to <see cref="ValidateCertificates"/>.</summary>
/// <param name="AreTrusted">Only an explicit yes is one.</param>
/// <param name="Reason">For people: which certificate, and what is wrong with it; or what was found good.</param>
public sealed record CertificatesJudged(bool AreTrusted, string Reason) : SessionInput;
