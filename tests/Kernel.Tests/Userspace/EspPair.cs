using System.Net;
using Concentrator.Kernel.Userspace;

namespace Concentrator.Kernel.Tests.Userspace;

/// <summary>Two ends of a tunnel in memory, each an engine: 192.0.2.1 before 10.1.0.0/16, 192.0.2.2 before 10.2.0.0/16; with IPv6, 2001:db8::1 before fd01::/32 and so on.</summary>
internal sealed class EspPair : IDisposable
{
    public const uint SpiToRight = 0xc0000002;
    public const uint SpiToLeft = 0xc0000001;
    public const uint ReqId = 7;

    public EspPair(EspAlgorithms? algorithms = null, bool esn = false, int window = 64, SaLifetime? lifetime = null, bool outerIpv6 = false)
    {
        OuterIpv6 = outerIpv6;
        Left = Engine(LeftEvents);
        Right = Engine(RightEvents);
        SaSpec toRight = Spec(XfrmDirection.Out, SpiToRight, algorithms ?? Gcm(), esn, 0, lifetime);
        SaSpec toLeft = Spec(XfrmDirection.In, SpiToLeft, algorithms ?? Gcm(), esn, window, lifetime);
        Assert.True(Left.Perform(new AddSa(toRight)).Succeeded);
        Assert.True(Left.Perform(new AddSa(toLeft)).Succeeded);
        Assert.True(Right.Perform(new AddSa(toRight with { Direction = XfrmDirection.In, ReplayWindow = window })).Succeeded);
        Assert.True(Right.Perform(new AddSa(toLeft with { Direction = XfrmDirection.Out, ReplayWindow = 0 })).Succeeded);
        foreach ((string near, string far) in new[] { ("10.1.0.0/16", "10.2.0.0/16"), ("fd01::/32", "fd02::/32") })
        {
            AddPolicies(Left, new XfrmSelector(IPNetwork.Parse(near), IPNetwork.Parse(far)), SpiToRight);
            AddPolicies(Right, new XfrmSelector(IPNetwork.Parse(far), IPNetwork.Parse(near)), SpiToLeft);
        }
    }

    public bool OuterIpv6 { get; }

    public ManualTime Time { get; } = new();

    public EspEngine Left { get; }

    public EspEngine Right { get; }

    public List<XfrmEvent> LeftEvents { get; } = [];

    public List<XfrmEvent> RightEvents { get; } = [];

    public IPEndPoint LeftEnd => new(IPAddress.Parse(OuterIpv6 ? "2001:db8::1" : "192.0.2.1"), 4500);

    public IPEndPoint RightEnd => new(IPAddress.Parse(OuterIpv6 ? "2001:db8::2" : "192.0.2.2"), 4500);

    public static EspAlgorithms Gcm(int bits = 128) => EspAlgorithms.AesGcm16(Key(bits / 8 + 4));

    public static EspAlgorithms ByName(string name) => name switch
    {
        "aes128gcm16" => Gcm(),
        "aes192gcm16" => Gcm(192),
        "aes256gcm16" => Gcm(256),
        "chacha20poly1305" => EspAlgorithms.ChaCha20Poly1305(Key(36)),
        "aes128-sha256" => EspAlgorithms.AesCbc(Key(16), EspAlgorithms.HmacSha256(Key(32))),
        "aes192-sha384" => EspAlgorithms.AesCbc(Key(24), EspAlgorithms.HmacSha384(Key(48))),
        "aes256-sha512" => EspAlgorithms.AesCbc(Key(32), EspAlgorithms.HmacSha512(Key(64))),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no algorithm of the tests"),
    };

    public static byte[] Key(int length) => [.. Enumerable.Range(1, length).Select(i => (byte)(i * 7))];

    /// <summary>What leaves the left end for this packet; empty when it does not leave.</summary>
    public static byte[] Protect(EspEngine engine, byte[] inner, out EspVerdict verdict)
    {
        byte[] buffer = new byte[EspTransform.LargestFront + inner.Length + EspTransform.LargestBack];
        inner.CopyTo(buffer, EspTransform.LargestFront);
        verdict = engine.Send(buffer, EspTransform.LargestFront, inner.Length, out ProtectedPacket sent);
        return verdict == EspVerdict.Delivered ? buffer.AsSpan(sent.Start, sent.Length).ToArray() : [];
    }

    public byte[] FromLeft(byte[] inner)
    {
        byte[] outer = Protect(Left, inner, out EspVerdict verdict);
        Assert.Equal(EspVerdict.Delivered, verdict);
        return outer;
    }

    public (EspVerdict Verdict, byte[] Inner) AtRight(byte[] outer, IPEndPoint? from = null, byte trafficClass = 0)
    {
        EspVerdict verdict = Right.Receive([.. outer], UdpEndpoint.From(RightEnd), UdpEndpoint.From(from ?? LeftEnd), trafficClass, out Span<byte> inner);
        byte[] octets = outer.Length == 0 ? [] : inner.ToArray();
        return (verdict, octets);
    }

    public static SaInfo SaOf(EspEngine engine, uint spi) => engine.Sas.Single(sa => sa.Id.Spi == spi);

    public SaSpec Spec(XfrmDirection direction, uint spi, EspAlgorithms algorithms, bool esn = false, int window = 0, SaLifetime? lifetime = null)
    {
        bool isOut = direction == XfrmDirection.Out;
        return new SaSpec
        {
            Source = (isOut ? LeftEnd : RightEnd).Address,
            Destination = (isOut ? RightEnd : LeftEnd).Address,
            Spi = spi,
            Mode = XfrmMode.Tunnel,
            Direction = direction,
            ReqId = ReqId,
            Algorithms = algorithms,
            Encapsulation = new UdpEncapsulation(4500, 4500),
            ReplayWindow = window,
            ExtendedSequenceNumbers = esn,
            Lifetime = lifetime ?? new SaLifetime(),
        };
    }

    public void AddPolicies(EspEngine engine, XfrmSelector outward, uint spi)
    {
        bool isLeft = engine == Left;
        IPAddress near = (isLeft ? LeftEnd : RightEnd).Address, far = (isLeft ? RightEnd : LeftEnd).Address;
        PolicySpec policy = new()
        {
            Selector = outward,
            Direction = XfrmDirection.Out,
            Mode = XfrmMode.Tunnel,
            TunnelSource = near,
            TunnelDestination = far,
            ReqId = ReqId,
            Spi = spi,
            Priority = PolicyPriority.Of(outward),
        };
        Assert.True(engine.Perform(new AddPolicy(policy)).Succeeded);
        XfrmSelector inward = new(
            outward.Destination, outward.Source, outward.Protocol, outward.DestinationPort, outward.DestinationPortMask, outward.SourcePort, outward.SourcePortMask);
        Assert.True(engine.Perform(new AddPolicy(policy with { Selector = inward, Direction = XfrmDirection.In, TunnelSource = far, TunnelDestination = near, Spi = 0 })).Succeeded);
    }

    public void Dispose()
    {
        Left.Dispose();
        Right.Dispose();
    }

    private EspEngine Engine(List<XfrmEvent> events)
    {
        EspEngine engine = new(Time);
        engine.EventRaised += events.Add;
        return engine;
    }
}
