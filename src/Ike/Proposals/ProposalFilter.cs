namespace Concentrator.Ike.Proposals;

/// <summary>Leaves out what cannot be used here: an algorithm that failed its self test, or that the kernel is known to refuse.</summary>
public static class ProposalFilter
{
    /// <summary>
    /// The proposals without the unusable transforms; a proposal that loses the last of a kind goes, and those behind it move up: numbers have no
    /// gaps (RFC 7296 §3.3.1). Where nothing would remain all stay as configured: then it is the kernel that refuses, and says why.
    /// </summary>
    public static IReadOnlyList<Proposal> Apply(IReadOnlyList<Proposal> configured, Func<Transform, bool> isUsable)
    {
        List<Proposal> usable = [];
        foreach (Proposal proposal in configured)
        {
            List<Transform> kept = [.. proposal.Transforms.Where(isUsable)];
            if (KeepsEveryType(proposal, kept)) usable.Add(proposal with { Number = (byte)(usable.Count + 1), Transforms = kept });
        }

        return usable.Count > 0 ? usable : configured;
    }

    private static bool KeepsEveryType(Proposal proposal, List<Transform> kept) =>
        proposal.Transforms.Select(t => t.Type).Distinct().All(type => kept.Exists(t => t.Type == type));
}
