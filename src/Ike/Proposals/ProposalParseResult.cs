namespace Concentrator.Ike.Proposals;

/// <summary>What a proposal string says, or why it says nothing: one of the two.</summary>
public sealed record ProposalParseResult
{
    private ProposalParseResult(IReadOnlyList<Proposal> proposals, string? error)
    {
        Proposals = proposals;
        Error = error;
    }

    /// <summary>Numbered in order of preference; one for each string but two for <c>default</c>. Empty where there is an error.</summary>
    public IReadOnlyList<Proposal> Proposals { get; }

    /// <summary>For people, without the place; null where there is none.</summary>
    public string? Error { get; }

    /// <summary>The proposals of a string that is part of the program.</summary>
    /// <exception cref="FormatException">The string is no proposal.</exception>
    public IReadOnlyList<Proposal> OrThrow() => Error is null ? Proposals : throw new FormatException(Error);

    internal static ProposalParseResult Of(IReadOnlyList<Proposal> proposals) => new(proposals, null);

    internal static ProposalParseResult Wrong(string error) => new([], error);
}
