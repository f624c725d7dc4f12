using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Concentrator.Kernel;

/// <summary>
/// The mark by which a node knows its own SAs and policies in a kernel that others use too, also after it was killed and started again. It is written into
/// fields that the kernel keeps, tells, and acts on in no way that touches a packet. Immutable; the same name gives the same seal.
/// </summary>
/// <remarks>
/// An SA has it in <c>xfrm_usersa_info.seq</c>, which the kernel only compares with the number of an ACQUIRE; these count from 1 and never reach the highest bit. It
/// differs from SPI to SPI, for the kernel hashes by it. A policy has it as its soft limit of octets: of policies none are counted, and no limit of
/// 2^62 octets would ever be reached. A larval SA has it as its reqid, which the SA that fills it replaces.
/// </remarks>
public sealed class Seal
{
    private const uint Highest = 0x8000_0000;
    private const ulong BeyondReach = 0x4000_0000_0000_0000;

    private readonly ulong _key;

    private Seal(ulong key) => _key = key;

    /// <summary>The seal of whoever has this name: names of two who may use one kernel at the same time must differ.</summary>
    public static Seal Of(string name) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes("concentrator owner " + name))));

    /// <summary>One that nobody has, and that nobody will have again.</summary>
    public static Seal Random() => new(BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(8)));

    /// <summary>Never zero, which is what SAs of most others have.</summary>
    public uint OfSa(uint spi)
    {
        // A mixer of two rounds: near SPIs are far apart in the kernel's hash.
        ulong mixed = (_key ^ spi) * 0x9e37_79b9_7f4a_7c15;
        mixed = (mixed ^ (mixed >> 29)) * 0xbf58_476d_1ce4_e5b9;
        return (uint)(mixed >> 32) | Highest;
    }

    public ulong OfPolicies => (_key >> 2) | BeyondReach;

    public uint OfLarvalSas => (uint)(_key >> 32) | Highest;
}
