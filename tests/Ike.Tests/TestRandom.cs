using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Concentrator.Ike.Tests;

/// <summary>Reproducible octets: SHA-256(seed | counter), on and on. Two of the same seed give the same stream.</summary>
public sealed class SeededRandom(ulong seed) : IRandom
{
    private readonly byte[] _block = new byte[SHA256.HashSizeInBytes];
    private int _used = SHA256.HashSizeInBytes;
    private ulong _counter;

    public void Fill(Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_used == _block.Length)
                NextBlock();
            int count = Math.Min(buffer.Length, _block.Length - _used);
            _block.AsSpan(_used, count).CopyTo(buffer);
            _used += count;
            buffer = buffer[count..];
        }
    }

    public byte[] Octets(int length)
    {
        byte[] octets = new byte[length];
        Fill(octets);
        return octets;
    }

    private void NextBlock()
    {
        Span<byte> input = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(input, seed);
        BinaryPrimitives.WriteUInt64BigEndian(input[8..], _counter++);
        SHA256.HashData(input, _block);
        _used = 0;
    }
}

/// <summary>
/// Gives the octets it was told to, one script per call, each as long as what is asked for; then goes on with <paramref name="rest"/>,
/// or fails without one.
/// </summary>
public sealed class ScriptedRandom(IRandom? rest, params byte[][] scripts) : IRandom
{
    private readonly Queue<byte[]> _scripts = new(scripts);

    public ScriptedRandom(params byte[][] scripts)
        : this(null, scripts)
    {
    }

    public void Fill(Span<byte> buffer)
    {
        if (_scripts.TryDequeue(out byte[]? script))
        {
            if (script.Length != buffer.Length)
                throw new InvalidOperationException($"{buffer.Length} octets were asked for, the script has {script.Length}.");
            script.CopyTo(buffer);
            return;
        }

        if (rest is null)
            throw new InvalidOperationException("The script has ended.");
        rest.Fill(buffer);
    }
}
