namespace Concentrator.Ike.Wire;

/// <summary>Why a fragment was not taken (RFC 7383 §2.6).</summary>
public enum FragmentFault
{
    /// <summary>The structure outside the SKF payload is broken, or the SKF payload is missing or misplaced.</summary>
    Malformed,

    /// <summary>Fragment Number or Total Fragments is zero, or the former is above the latter.</summary>
    BadNumber,

    /// <summary>More than <see cref="FragmentBuffer.MaxFragments"/> fragments; authentic.</summary>
    TooMany,

    /// <summary>Together more than <see cref="FragmentBuffer.MaxOctets"/> octets: the whole set is gone; authentic.</summary>
    TooLong,

    /// <summary>Of a message that is complete already, or older than the one being assembled.</summary>
    Stale,

    /// <summary>The same number of the same message is stored already.</summary>
    Duplicate,

    /// <summary>Fewer fragments in total than those stored say.</summary>
    FewerInTotal,

    /// <summary>Another exchange type or other flags than those stored have.</summary>
    Inconsistent,
}
