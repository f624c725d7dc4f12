using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto.Groups;

/// <summary>A NIST prime curve (RFC 5903): public value x | y, shared secret x alone, all in fixed-length big-endian octets.</summary>
internal sealed class EcpGroup : KeyExchangeGroup
{
    public static readonly EcpGroup Ecp256 = new(
        KeyExchangeMethod.Ecp256, "P-256", 415,
        "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF",
        "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");

    public static readonly EcpGroup Ecp384 = new(
        KeyExchangeMethod.Ecp384, "P-384", 715,
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFF0000000000000000FFFFFFFF",
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973");

    private readonly byte[] _prime;
    private readonly byte[] _order;

    private EcpGroup(KeyExchangeMethod method, string name, int nid, string prime, string order)
        : base(method, prime.Length / 2, prime.Length, prime.Length / 2)
    {
        Name = name;
        Nid = nid;
        _prime = Convert.FromHexString(prime);
        _order = Convert.FromHexString(order);
    }

    /// <summary>NIST's name of the curve.</summary>
    public string Name { get; }

    /// <summary>The curve's number in libcrypto's <c>obj_mac.h</c>.</summary>
    public int Nid { get; }

    public int CoordinateLength => SharedLength;

    /// <summary>0 &lt; candidate &lt; n.</summary>
    public override bool IsPrivateValue(ReadOnlySpan<byte> candidate) =>
        candidate.Length == PrivateLength && candidate.ContainsAnyExcept((byte)0) && candidate.SequenceCompareTo(_order) < 0;

    // RFC 6989 §2.3: both coordinates are checked to be less than p before the curve equation is.
    public override bool IsPublicValue(ReadOnlySpan<byte> candidate) =>
        candidate.Length == PublicLength
        && candidate[..CoordinateLength].SequenceCompareTo(_prime) < 0
        && candidate[CoordinateLength..].SequenceCompareTo(_prime) < 0;

    public override IPrivateValue Import(IKeyExchangeProvider provider, ReadOnlySpan<byte> privateValue) =>
        provider.ImportEcp(this, privateValue);
}
