using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Wire;

/// <summary>What became of parsing a datagram. Only <see cref="InvalidSyntax"/> and <see cref="UnsupportedCritical"/> may be answered.</summary>
public enum ParseStatus
{
    Ok,

    /// <summary>The structure outside the SK payload is broken, or the SK payload is missing or misplaced: drop.</summary>
    Malformed,

    /// <summary>The integrity check failed, or the SK payload cannot be as long as it says: drop.</summary>
    NotAuthentic,

    /// <summary>Authentic, but what the SK payload holds is broken (RFC 7296 §2.21.3).</summary>
    InvalidSyntax,

    /// <summary>A payload of unknown type has its critical flag set (RFC 7296 §2.5).</summary>
    UnsupportedCritical,
}

/// <summary>The outcome; <see cref="Message"/> is there only when <see cref="Status"/> is <see cref="ParseStatus.Ok"/>.</summary>
public readonly record struct ParseResult(ParseStatus Status, IkeHeader Header, IkeMessage? Message, PayloadType? OffendingPayload)
{
    internal static ParseResult Broken(in IkeHeader header) => new(ParseStatus.Malformed, header, null, null);
}
