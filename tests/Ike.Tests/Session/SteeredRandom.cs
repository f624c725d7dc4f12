namespace Concentrator.Ike.Tests.Session;

/// <summary>Reproducible octets, in which the test chooses the first octet of draws of 32: nonces, where no key is as long.</summary>
internal sealed class SteeredRandom(ulong seed) : IRandom
{
    private readonly SeededRandom _rest = new(seed);

    /// <summary>First octets of the draws of 32 octets to come.</summary>
    public Queue<byte> First { get; } = new();

    public void Fill(Span<byte> buffer)
    {
        _rest.Fill(buffer);
        if (buffer.Length == 32 && First.TryDequeue(out byte first)) buffer[0] = first;
    }
}
