namespace Concentrator.Kernel;

/// <summary>The kernel cannot be spoken to at all. The message says what a person can do about it.</summary>
public sealed class XfrmException(int errno, string message) : Exception(message)
{
    public int Error { get; } = errno;
}
