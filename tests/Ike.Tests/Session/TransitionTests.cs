using System.Runtime.CompilerServices;
using System.Text;
using Concentrator.Ike.Session;

namespace Concentrator.Ike.Tests.Session;

/// <summary>The transition table against itself, and against its drawing in ARCHITECTURE.md.</summary>
public sealed class TransitionTests
{
    [Fact]
    public void No_state_has_two_ways_for_one_trigger()
    {
        foreach (IGrouping<(IkeSaState, Trigger), Transition> group in Transitions.All.GroupBy(t => (t.From, t.Trigger)))
            Assert.True(group.Count() == 1 || (group.Count() == 2 && group.All(t => t.Role != IkeRole.Either)), group.Key.ToString());
    }

    [Fact]
    public void Every_state_is_reached_and_every_living_one_is_left()
    {
        HashSet<IkeSaState> reached = [IkeSaState.Created, .. Transitions.All.Select(t => t.To)];
        Assert.Equal(Enum.GetValues<IkeSaState>().ToHashSet(), reached);
        foreach (IkeSaState state in Enum.GetValues<IkeSaState>().Except([IkeSaState.Tombstone, IkeSaState.Destroyed]))
            Assert.Contains(Transitions.All, t => t.From == state);
    }

    [Fact]
    public void The_graph_in_the_architecture_page_is_this_table()
    {
        string page = File.ReadAllText(Path.Combine(Root(), "ARCHITECTURE.md"));
        Assert.Contains(Graph(), page, StringComparison.Ordinal);
    }

    /// <summary>The graph as Mermaid; what this prints belongs into ARCHITECTURE.md.</summary>
    private static string Graph()
    {
        StringBuilder graph = new("stateDiagram-v2\n");
        foreach (Transition t in Transitions.All)
        {
            string role = t.Role switch { IkeRole.Initiator => " (I)", IkeRole.Responder => " (R)", _ => "" };
            graph.Append("    ").Append(t.From).Append(" --> ").Append(t.To).Append(" : ").Append(t.Trigger).Append(role).Append('\n');
        }

        return graph.ToString();
    }

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));
}
