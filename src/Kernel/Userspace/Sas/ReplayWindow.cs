using System.Runtime.InteropServices;

namespace Concentrator.Kernel.Userspace;

/// <summary>
/// Which sequence numbers an inbound SA has seen (RFC 4303 §3.4.3), and, with ESN, which upper half belongs to a lower one (appendix A2). A window of
/// 0 checks nothing. The bits are a ring that is one word larger than the window, so that moving on only clears whole words (RFC 6479).
/// </summary>
internal sealed class ReplayWindow(int size, bool extended)
{
    private const int WordBits = 64;

    /// <summary>As with the kernel's: ESN cannot be without a window.</summary>
    private readonly ulong _size = (ulong)(extended ? Math.Max(1, size) : size);
    private readonly ulong[] _words = new ulong[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(size + WordBits - 1) / WordBits + 1)];

    /// <summary>The highest number that was accepted.</summary>
    public ulong Top { get; private set; }

    /// <summary>The bits, for <see cref="Resume"/>.</summary>
    public uint[] Words => MemoryMarshal.Cast<ulong, uint>(_words).ToArray();

    /// <summary>Goes on where another of this size was. Bits of another size say nothing: then all that lies behind is taken for seen.</summary>
    public void Resume(ulong top, IReadOnlyList<uint> words)
    {
        Top = top;
        Span<uint> bits = MemoryMarshal.Cast<ulong, uint>(_words.AsSpan());
        if (words.Count == bits.Length)
        {
            for (int i = 0; i < bits.Length; i++) bits[i] = words[i];
            return;
        }

        bits.Fill(uint.MaxValue);
        // What comes next in the word of the top is new.
        _words[Word(top)] = Bit(top) | (Bit(top) - 1);
    }

    /// <summary>
    /// The whole number of a packet that carries <paramref name="low"/>. False when no packet can have it: it would be one before the first.
    /// </summary>
    public bool TryInfer(uint low, out ulong sequence)
    {
        sequence = low;
        if (!extended) return true;
        uint topLow = (uint)Top, topHigh = (uint)(Top >> 32);
        uint bottom = topLow - (uint)(_size - 1);
        // RFC 4303 A2.2, case A: the window lies within one subspace of 2^32.
        if (topLow >= _size - 1)
        {
            if (low < bottom)
            {
                // The last subspace has no successor.
                if (topHigh == uint.MaxValue) return false;
                topHigh++;
            }
        }
        else if (low >= bottom)
        {
            // Case B: it spans two, and this is the lower one.
            if (topHigh == 0) return false;
            topHigh--;
        }

        sequence = (ulong)topHigh << 32 | low;
        return true;
    }

    /// <summary>Whether a packet with this number may be looked at; nothing changes.</summary>
    public bool IsNew(ulong sequence)
    {
        if (_size == 0) return true;
        // RFC 4303 §3.3.3: the first packet has number 1.
        if (sequence == 0) return false;
        if (sequence > Top) return true;
        return Top - sequence < _size && (_words[Word(sequence)] & Bit(sequence)) == 0;
    }

    /// <summary>An authentic packet with this number, for which <see cref="IsNew"/> holds, was received.</summary>
    public void Accept(ulong sequence)
    {
        if (sequence > Top)
        {
            ulong first = Top / WordBits + 1, last = sequence / WordBits;
            if (last >= first && last - first >= (ulong)_words.Length) first = last - (ulong)_words.Length + 1;
            for (ulong word = first; word <= last; word++) _words[word & (ulong)(_words.Length - 1)] = 0;
            Top = sequence;
        }

        _words[Word(sequence)] |= Bit(sequence);
    }

    private ulong Word(ulong sequence) => sequence / WordBits & (ulong)(_words.Length - 1);

    private static ulong Bit(ulong sequence) => 1UL << (int)(sequence % WordBits);
}
