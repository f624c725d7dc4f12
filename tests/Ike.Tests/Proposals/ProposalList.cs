using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Tests.Proposals;

/// <summary>Proposals as a configuration lists them: with commas between, <c>default</c> included, numbered from 1.</summary>
internal static class ProposalList
{
    public static Proposal[] Ike(string text) => [.. Words(text, ProtocolId.Ike).Select((word, i) => ProposalParser.ParseIke(word, (byte)(i + 1)))];

    public static Proposal[] Esp(string text) => [.. Words(text, ProtocolId.Esp).Select((word, i) => ProposalParser.ParseEsp(word, (byte)(i + 1)))];

    private static IEnumerable<string> Words(string text, ProtocolId protocol) =>
        text.Split(',', StringSplitOptions.TrimEntries).SelectMany(word => ProposalParser.Expand(word, protocol));
}
