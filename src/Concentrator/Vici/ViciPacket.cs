namespace Concentrator.Vici;

/// <summary>The first octet of a vici packet. Requests, registrations and events carry a name behind it: one octet of length, then ASCII.</summary>
internal enum ViciPacket : byte
{
    CommandRequest = 0,
    CommandResponse = 1,
    CommandUnknown = 2,
    EventRegister = 3,
    EventUnregister = 4,
    EventConfirm = 5,
    EventUnknown = 6,
    Event = 7,
}

/// <summary>The elements of a vici message. Names have one octet of length, values two, big endian.</summary>
internal enum ViciElement : byte
{
    SectionStart = 1,
    SectionEnd = 2,
    KeyValue = 3,
    ListStart = 4,
    ListItem = 5,
    ListEnd = 6,
}

internal static class ViciLimits
{
    /// <summary>Octets of a packet; the protocol's own bound.</summary>
    public const int LargestPacket = 512 * 1024;

    /// <summary>Octets of a value, by its length field.</summary>
    public const int LargestValue = ushort.MaxValue;

    /// <summary>How deep sections may nest; swanctl.conf needs five.</summary>
    public const int Depth = 16;
}
