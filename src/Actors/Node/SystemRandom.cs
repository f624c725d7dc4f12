using System.Security.Cryptography;
using Concentrator.Ike;

namespace Concentrator.Actors.Node;

/// <summary>The operating system's generator. Safe from any thread.</summary>
internal sealed class SystemRandom : IRandom
{
    public void Fill(Span<byte> buffer) => RandomNumberGenerator.Fill(buffer);
}
