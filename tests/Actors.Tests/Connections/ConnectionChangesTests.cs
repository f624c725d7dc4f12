using Concentrator.Actors.Connections;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Proposals;

namespace Concentrator.Actors.Tests.Connections;

/// <summary>What differs between two configurations, by the identity of what is in them.</summary>
public class ConnectionChangesTests
{
    private static readonly ConnectionConfig[] All = [.. "abcde".Select(name => Connection(name.ToString()))];

    [Theory]
    [InlineData("abcde", "abcde", "", "")]
    [InlineData("abcde", "abde", "c", "")]
    [InlineData("abcde", "abCde", "", "C")]
    [InlineData("abcde", "edcba", "", "")]
    [InlineData("abcde", "bcdeA", "", "A")]
    [InlineData("", "ab", "", "ab")]
    [InlineData("ab", "", "ab", "")]
    public void Only_what_is_another_object_counts(string before, string after, string gone, string fresh)
    {
        ConnectionChanges changes = ConnectionChanges.Between(Of(before), Of(after));
        Assert.Equal(gone, string.Concat(changes.Gone.Select(c => c.Name).Order()));
        Assert.Equal(fresh.ToLowerInvariant(), string.Concat(changes.Fresh.Select(c => c.Now.Name).Order()));
    }

    /// <summary>A capital letter is another connection of the same name.</summary>
    private static ConnectionConfig[] Of(string names) =>
        [.. names.Select(n => char.IsUpper(n) ? Connection(char.ToLowerInvariant(n).ToString()) : All[n - 'a'])];

    private static ConnectionConfig Connection(string name) => new()
    {
        Name = name,
        Proposals = [ProposalParser.ParseIke("aes128gcm16-prfsha256-x25519", 1)],
        Local = new AuthConfig((IdentityPattern?)null),
        Remote = new AuthConfig((IdentityPattern?)null),
        Children = [],
    };
}
