namespace Concentrator.Vici;

/// <summary>A command that a client wants carried out. <see cref="Gone"/> is cancelled when the client leaves.</summary>
internal sealed record ViciRequest(ViciSection Arguments, ViciConnection Client, CancellationToken Gone)
{
    /// <summary>One piece of a streamed answer, to a client that has registered for it. Waits while the client does not read.</summary>
    public async Task EmitAsync(string eventName, Action<ViciWriter> write)
    {
        if (!Client.Hears(eventName)) return;
        ViciWriter writer = ViciWriter.Event(eventName);
        write(writer);
        await Client.SendAsync(writer.ToPacket()).ConfigureAwait(false);
    }
}
