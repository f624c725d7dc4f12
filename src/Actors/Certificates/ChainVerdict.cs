using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Configuration;

namespace Concentrator.Actors.Certificates;

/// <summary>What a built chain is worth: trusted or not, with the one reason that comes first. Owns the certificates of the chain.</summary>
/// <param name="IsTrusted">It ends in an anchor, or passes one, and nothing is wrong with it; revocation is not looked at.</param>
/// <param name="Reason">Why not; empty otherwise.</param>
/// <param name="Path">The end entity first.</param>
/// <param name="IsPartial">It ends in an anchor whose own issuer is not known.</param>
internal sealed record ChainVerdict(bool IsTrusted, string Reason, IReadOnlyList<X509Certificate2> Path, bool IsPartial) : IDisposable
{
    /// <summary>What says only where a chain ends.</summary>
    private const X509ChainStatusFlags EndFlags = X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot;

    public static ChainVerdict Of(X509Chain chain, IReadOnlyList<X509Certificate2> anchors, SignatureConstraints allowed, DateTimeOffset now)
    {
        X509ChainElement[] elements = [.. chain.ChainElements];
        string? fault = FaultOf(chain, elements, anchors, allowed, now);
        bool isPartial = FlagsOf(chain.ChainStatus).HasFlag(X509ChainStatusFlags.PartialChain);
        return new ChainVerdict(fault is null, fault ?? "", [.. elements.Select(e => e.Certificate)], isPartial);
    }

    public void Dispose()
    {
        foreach (X509Certificate2 certificate in Path) certificate.Dispose();
    }

    private static string? FaultOf(
        X509Chain chain, X509ChainElement[] elements, IReadOnlyList<X509Certificate2> anchors, SignatureConstraints allowed, DateTimeOffset now)
    {
        // An explicit yes needs a chain: nothing is good for lack of anything bad.
        if (elements.Length == 0) return "its certificate cannot be checked";
        foreach (X509ChainElement element in elements)
        {
            X509ChainStatusFlags flags = FlagsOf(element.ChainElementStatus) & ~EndFlags;
            if (flags != X509ChainStatusFlags.NoError) return Describe(element, flags, now);
        }

        X509ChainStatusFlags all = FlagsOf(chain.ChainStatus);
        X509Certificate2 last = elements[^1].Certificate;
        if ((all & ~EndFlags) != X509ChainStatusFlags.NoError) return $"certificate '{Names.Subject(elements[0].Certificate)}' is refused: {all}";
        if (all != X509ChainStatusFlags.NoError && !anchors.Any(a => IsSame(a, last))) return DescribeEnd(elements, all);
        int anchor = Array.FindIndex(elements, e => anchors.Any(a => IsSame(a, e.Certificate)));
        return anchor >= 0
            ? KeyUsages.Fault(elements[0].Certificate) ?? IssuerSignatures.Fault([.. elements.Take(anchor + 1).Select(e => e.Certificate)], allowed)
            : $"certificate '{Names.Subject(elements[0].Certificate)}' is of '{Names.Subject(last)}', which is not an authority for this peer";
    }

    private static string DescribeEnd(X509ChainElement[] elements, X509ChainStatusFlags flags)
    {
        X509Certificate2 last = elements[^1].Certificate;
        if (flags.HasFlag(X509ChainStatusFlags.PartialChain))
            return $"issuer '{Names.Issuer(last)}' of certificate '{Names.Subject(last)}' is not known";
        return elements.Length == 1
            ? $"certificate '{Names.Subject(last)}' is self-signed and not configured"
            : $"certificate '{Names.Subject(elements[0].Certificate)}' is of '{Names.Subject(last)}', which is not trusted";
    }

    private static string Describe(X509ChainElement element, X509ChainStatusFlags flags, DateTimeOffset now)
    {
        if (flags.HasFlag(X509ChainStatusFlags.NotTimeValid) && Validity.Fault(element.Certificate, now) is { } fault) return fault;
        string subject = Names.Subject(element.Certificate);
        return flags.HasFlag(X509ChainStatusFlags.NotSignatureValid)
            ? $"the issuer's signature of certificate '{subject}' is wrong"
            : $"certificate '{subject}' is refused: {flags}";
    }

    internal static X509ChainStatusFlags FlagsOf(IEnumerable<X509ChainStatus> statuses) =>
        statuses.Aggregate(X509ChainStatusFlags.NoError, (flags, status) => flags | status.Status);

    private static bool IsSame(X509Certificate2 a, X509Certificate2 b) => a.RawDataMemory.Span.SequenceEqual(b.RawDataMemory.Span);
}
