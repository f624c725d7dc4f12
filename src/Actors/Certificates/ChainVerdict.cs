using System.Security.Cryptography.X509Certificates;

namespace Concentrator.Actors.Certificates;

/// <summary>What a built chain is worth: trusted or not, with the one reason that comes first, and what was found out of revocation.</summary>
internal sealed record ChainVerdict(bool IsTrusted, string Reason, bool NamesServers, RevocationVerdict Revocation)
{
    private const X509ChainStatusFlags RevocationFlags =
        X509ChainStatusFlags.Revoked | X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation;

    /// <summary>What says only where a chain ends.</summary>
    private const X509ChainStatusFlags EndFlags = X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot;

    public static ChainVerdict Of(X509Chain chain, IReadOnlyList<X509Certificate2> anchors, DateTimeOffset now)
    {
        X509ChainElement[] elements = [.. chain.ChainElements];
        RevocationVerdict revocation = RevocationVerdict.Of(elements);
        bool namesServers = elements.SkipLast(1).Any(e => RevocationServers.AreNamedBy(e.Certificate));
        string? fault = FaultOf(chain, elements, anchors, now);
        return new ChainVerdict(fault is null, fault ?? "", namesServers, revocation);
    }

    private static string? FaultOf(X509Chain chain, X509ChainElement[] elements, IReadOnlyList<X509Certificate2> anchors, DateTimeOffset now)
    {
        // An explicit yes needs a chain: nothing is good for lack of anything bad.
        if (elements.Length == 0) return "its certificate cannot be checked";
        foreach (X509ChainElement element in elements)
        {
            X509ChainStatusFlags flags = FlagsOf(element.ChainElementStatus) & ~(RevocationFlags | EndFlags);
            if (flags != X509ChainStatusFlags.NoError) return Describe(element, flags, now);
        }

        X509ChainStatusFlags all = FlagsOf(chain.ChainStatus) & ~RevocationFlags;
        X509Certificate2 last = elements[^1].Certificate;
        if ((all & ~EndFlags) != X509ChainStatusFlags.NoError) return $"certificate '{Names.Subject(elements[0].Certificate)}' is refused: {all}";
        if (all != X509ChainStatusFlags.NoError && !anchors.Any(a => IsSame(a, last))) return DescribeEnd(elements, all);
        return elements.Any(e => anchors.Any(a => IsSame(a, e.Certificate)))
            ? null
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
