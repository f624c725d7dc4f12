using System.Security.Cryptography;

namespace Concentrator.Ike;

/// <summary>
/// Key material that this object owns: zeroed on dispose, never printed, compared in constant time.
/// Not thread-safe; whoever created it disposes it.
/// </summary>
public sealed class Secret : IDisposable
{
    private readonly byte[] _bytes;
    private bool _disposed;

    /// <summary>Copies <paramref name="bytes"/>; the caller still owns, and zeroes, its own buffer.</summary>
    public Secret(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    public int Length => _bytes.Length;

    public ReadOnlySpan<byte> Span => _disposed ? throw new ObjectDisposedException(nameof(Secret)) : _bytes;

    /// <summary>True when both hold the same octets; the time depends on the lengths alone.</summary>
    public bool FixedTimeEquals(ReadOnlySpan<byte> other) => CryptographicOperations.FixedTimeEquals(Span, other);

    public Secret Copy() => new(Span);

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_bytes);
        _disposed = true;
    }

    public override string ToString() => $"[{_bytes.Length} secret octets]";
}
