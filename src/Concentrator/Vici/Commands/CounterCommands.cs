namespace Concentrator.Vici.Commands;

/// <summary><c>get-counters</c> and <c>reset-counters</c>: of a connection, of each connection there was a message of, or in all, under an empty name.</summary>
internal sealed class CounterCommands(ViciCounters counters)
{
    public ViciWriter Get(ViciRequest request)
    {
        IEnumerable<(string Connection, IReadOnlyList<long> Values)> found = request.Arguments switch
        {
            var all when all.Flag("all") => counters.Connections.OrderBy(c => c.Connection, StringComparer.Ordinal),
            var one when one.TryGetText("name", out string? name) => counters.Of(name) is { } values ? [(name, values)] : throw new ViciException("no counters found for this connection"),
            _ => [("", counters.All)],
        };
        ViciWriter writer = ViciWriter.Response().Begin("counters");
        foreach ((string connection, IReadOnlyList<long> values) in found)
        {
            writer.Begin(connection);
            for (int i = 0; i < values.Count; i++) writer.Put(ViciCounters.Names[i], values[i]);
            writer.End();
        }

        return writer.End().Put("success", "yes");
    }

    public ViciWriter Reset(ViciRequest request)
    {
        if (request.Arguments.Flag("all")) counters.ResetConnections();
        else if (request.Arguments.TryGetText("name", out string? name)) counters.Reset(name);
        else counters.Reset();
        return ViciCommands.Done();
    }
}
