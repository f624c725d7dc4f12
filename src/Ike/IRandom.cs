namespace Concentrator.Ike;

/// <summary>Where the core takes its nonces, IVs, SPIs and jitter from. The host gives a cryptographic source, a test its own bytes.</summary>
public interface IRandom
{
    void Fill(Span<byte> buffer);
}
