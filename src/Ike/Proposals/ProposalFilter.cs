namespace Concentrator.Ike.Proposals;

/// <summary>Leaves out of configured proposals what cannot be used now: an algorithm that failed its self test, one that the kernel refuses.</summary>
public static class ProposalFilter
{
    /// <summary>
    /// A proposal that lists several transforms of a type stands for all their combinations; those with an unusable transform go, as
    /// long as another combination of any proposal remains. Where none remains the list comes back as configured, so that it is the
    /// one who refuses the algorithm that says why. What remains is numbered anew without gaps (RFC 7296 §3.3.1).
    /// </summary>
    public static IReadOnlyList<Proposal> Apply(IReadOnlyList<Proposal> configured, Func<Transform, bool> usable)
    {
        List<Proposal> remaining = [];
        byte number = configured.Count == 0 ? (byte)1 : configured[0].Number;
        foreach (Proposal proposal in configured)
        {
            Transform[] transforms = [.. proposal.Transforms.Where(usable)];
            bool isWhole = transforms.DistinctBy(t => t.Type).Count() == proposal.Transforms.DistinctBy(t => t.Type).Count();
            if (isWhole) remaining.Add(proposal with { Number = number++, Transforms = transforms });
        }

        return remaining.Count == 0 ? configured : remaining;
    }
}
