using System.Security.Cryptography;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Wire;

/// <summary>
/// Puts fragments of one direction's messages together again (RFC 7383 §2.6): one message at a time, in any order, a bounded number of
/// octets for a bounded time. Only what is authentic is stored or displaces anything, and a fragment costs the same whatever is stored.
/// Owned by one IKE SA, which keeps one for the peer's requests and one for its responses; used by one thread at a time.
/// Has no timer: the owner calls <see cref="Expire"/> at <see cref="Deadline"/>, or leaves it to the next fragment.
/// </summary>
/// <param name="lifetime">How long an incomplete set is kept after its first fragment.</param>
public sealed class FragmentBuffer(TimeSpan lifetime) : IDisposable
{
    /// <summary>With fragments of about 1,000 octets these hold what the largest UDP datagram could: no message needs more.</summary>
    public const int MaxFragments = 64;

    /// <summary>Decrypted octets of one message, as many as an unfragmented one can have.</summary>
    public const int MaxOctets = 64 * 1024;

    private readonly TimeSpan _lifetime = lifetime;

    /// <summary>Message ids only rise: none below this one is assembled any more.</summary>
    private ulong _lowestId;

    private FragmentSet? _set;

    /// <summary>When the incomplete set expires; null without one.</summary>
    public TimeSpan? Deadline => _set is null ? null : _set.Started + _lifetime;

    /// <summary>Decrypted octets that wait for others, at most <see cref="MaxOctets"/>.</summary>
    public int Octets => _set?.Length ?? 0;

    /// <summary>
    /// Checks, decrypts in place and stores one fragment, and clears the plaintext in <paramref name="datagram"/>. The last missing one
    /// completes the message, and empties the buffer. Never throws for anything a peer does.
    /// </summary>
    public FragmentVerdict Take(Span<byte> datagram, MessageProtector protector, TimeSpan now)
    {
        Expire(now);
        if (!FragmentHeader.TryRead(datagram, out FragmentHeader fragment)) return FragmentVerdict.Drop(FragmentFault.Malformed);
        FragmentFault? fault = FaultOf(fragment);
        // What is too much ends an authentication, so it has to be the peer's.
        if (fault is not null and not FragmentFault.TooMany) return FragmentVerdict.Drop(fault.Value);

        // Decryption happens in place, so the digest of what came is taken before it.
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        if (fragment.Number == 1) SHA256.HashData(datagram, digest);
        if (!protector.TryOpen(datagram, fragment.BodyOffset, out int offset, out int length)) return FragmentVerdict.Forged;

        // RFC 7296 §2.5: the integrity check has covered what stands before SKF, so its critical flags count.
        PayloadType? unsupported = MessageCodec.FindUnsupported(PayloadType.EncryptedFragment, datagram[..fragment.BodyOffset], fragment.Message.NextPayload);
        Span<byte> plaintext = datagram.Slice(offset, length);
        FragmentVerdict verdict = fault is null ? Store(fragment, plaintext, datagram.Length, digest, unsupported, now) : FragmentVerdict.Drop(fault.Value);
        CryptographicOperations.ZeroMemory(plaintext);
        return verdict;
    }

    /// <summary>Drops an incomplete set that is too old.</summary>
    public void Expire(TimeSpan now)
    {
        if (Deadline <= now) Clear();
    }

    /// <summary>Drops what is stored, zeroing it.</summary>
    public void Clear()
    {
        _set?.Dispose();
        _set = null;
    }

    public void Dispose() => Clear();

    /// <summary>What is wrong with a fragment of which nobody has vouched; nothing is changed for it.</summary>
    private FragmentFault? FaultOf(in FragmentHeader fragment)
    {
        // RFC 7383 §2.6: both fields are non-zero, and the number is not above the total.
        if (fragment.Number == 0 || fragment.Number > fragment.Total) return FragmentFault.BadNumber;
        if (fragment.Total > MaxFragments) return FragmentFault.TooMany;
        if (fragment.Message.MessageId < _lowestId) return FragmentFault.Stale;
        if (_set is null || _set.MessageId != fragment.Message.MessageId) return null;
        if (!_set.IsOfSameMessage(fragment.Message)) return FragmentFault.Inconsistent;

        // RFC 7383 §2.6: the total must be equal to or greater than that of the stored ones; a number that is stored already is a replay.
        if (fragment.Total < _set.Total) return FragmentFault.FewerInTotal;
        return fragment.Total == _set.Total && _set.Has(fragment.Number) ? FragmentFault.Duplicate : null;
    }

    private FragmentVerdict Store(in FragmentHeader fragment, ReadOnlySpan<byte> plaintext, int octets, ReadOnlySpan<byte> digest, PayloadType? unsupported, TimeSpan now)
    {
        // RFC 7383 §2.6: a greater total means that the peer has cut the message anew, and its old fragments are of no use.
        if (_set is null || _set.MessageId != fragment.Message.MessageId || _set.Total < fragment.Total)
        {
            Clear();
            _set = new FragmentSet(fragment.Message, fragment.Total, now);
            _lowestId = fragment.Message.MessageId;
        }

        if (_set.Length + plaintext.Length > MaxOctets)
        {
            Clear();
            return FragmentVerdict.Drop(FragmentFault.TooLong);
        }

        _set.Add(fragment, plaintext, octets, digest, unsupported);
        if (!_set.IsComplete) return FragmentVerdict.Stored;

        FragmentVerdict complete = _set.Join();
        _lowestId = fragment.Message.MessageId + 1ul;
        Clear();
        return complete;
    }
}
