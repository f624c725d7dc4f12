using System.Security.Cryptography;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Wire;

/// <summary>The authentic fragments of one message, decrypted. Owned by a <see cref="FragmentBuffer"/>; dispose zeroes them.</summary>
internal sealed class FragmentSet(IkeHeader message, int total, TimeSpan started) : IDisposable
{
    private readonly byte[]?[] _parts = new byte[total][];
    private IkeHeader _message = message;
    private PayloadType _first;
    private byte[] _firstDigest = [];
    private PayloadType? _unsupported;
    private int _count;
    private int _octets;

    public uint MessageId => _message.MessageId;

    public int Total => _parts.Length;

    public TimeSpan Started { get; } = started;

    /// <summary>Octets of plaintext so far.</summary>
    public int Length { get; private set; }

    public bool IsComplete => _count == Total;

    public bool Has(int number) => _parts[number - 1] is not null;

    public bool IsOfSameMessage(in IkeHeader other) => other.Exchange == _message.Exchange && other.Flags == _message.Flags;

    /// <summary>
    /// Copies the plaintext; the number is not there yet. The digest is the datagram's, and looked at for number 1 only. A payload before SKF that is critical and
    /// unknown spoils the whole message, whichever fragment has it.
    /// </summary>
    public void Add(in FragmentHeader fragment, ReadOnlySpan<byte> plaintext, int octets, ReadOnlySpan<byte> digest, PayloadType? unsupported)
    {
        _unsupported ??= unsupported;
        _parts[fragment.Number - 1] = plaintext.ToArray();
        _count++;
        _octets += octets;
        Length += plaintext.Length;
        if (fragment.Number != 1) return;
        _message = fragment.Message;
        _first = fragment.First;
        _firstDigest = digest.ToArray();
    }

    public FragmentVerdict.Complete Join()
    {
        if (_unsupported is { } type)
            return new FragmentVerdict.Complete(new ParseResult(ParseStatus.UnsupportedCritical, _message, null, type), _firstDigest, _octets);
        byte[] plaintext = new byte[Length];
        int offset = 0;
        foreach (byte[]? part in _parts)
        {
            part!.CopyTo(plaintext, offset);
            offset += part.Length;
        }

        ParseResult result = MessageCodec.ParseInner(_message, _first, plaintext);
        CryptographicOperations.ZeroMemory(plaintext);
        return new FragmentVerdict.Complete(result, _firstDigest, _octets);
    }

    public void Dispose()
    {
        foreach (byte[]? part in _parts) CryptographicOperations.ZeroMemory(part);
    }
}
