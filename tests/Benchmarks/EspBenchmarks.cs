using System.Net;
using BenchmarkDotNet.Attributes;
using Concentrator.Kernel;
using Concentrator.Kernel.Userspace;

namespace Concentrator.Benchmarks;

/// <summary>
/// One packet of 1,300 octets through ESP in user space without device and sockets: policy, SA, encryption at one end; SA, window, decryption, selectors at
/// the other. Beside it the cipher alone, which is what no implementation can be without.
/// </summary>
[MemoryDiagnoser]
public class EspBenchmarks
{
    private const int PacketLength = 1300;
    private static readonly UdpEndpoint Left = UdpEndpoint.From(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 4500));
    private static readonly UdpEndpoint Right = UdpEndpoint.From(new IPEndPoint(IPAddress.Parse("192.0.2.2"), 4500));

    private readonly byte[] _buffer = new byte[2048];
    private readonly byte[] _inner = new byte[PacketLength];
    private EspEngine _sender = null!;
    private EspEngine _receiver = null!;
    private EspTransform _seal = null!;
    private EspTransform _open = null!;
    private ulong _sequence;

    [Params("aes128gcm16", "aes256gcm16", "chacha20poly1305", "aes256-sha256")]
    public string Algorithm { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        new byte[] { 0x45, 0, PacketLength >> 8, PacketLength & 0xff, 0, 0, 0, 0, 64, 17, 0, 0, 10, 1, 0, 1, 10, 2, 0, 1 }.CopyTo(_inner, 0);
        _seal = EspTransforms.Create(Algorithms(), false, true, out _)!;
        _open = EspTransforms.Create(Algorithms(), false, false, out _)!;
        _sender = Engine(XfrmDirection.Out);
        _receiver = Engine(XfrmDirection.In);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _seal.Dispose();
        _open.Dispose();
        _sender.Dispose();
        _receiver.Dispose();
    }

    [Benchmark(Baseline = true)]
    public bool CipherAlone()
    {
        _inner.CopyTo(_buffer, _seal.Front);
        int length = _seal.Front + EspTrailer.Padded(PacketLength, _seal.Alignment) + _seal.IcvSize;
        return _seal.TrySeal(_buffer.AsSpan(0, length), ++_sequence) && _open.TryOpen(_buffer.AsSpan(0, length), _sequence);
    }

    [Benchmark]
    public bool BothEnds()
    {
        _inner.CopyTo(_buffer, EspTransform.LargestFront);
        return _sender.Send(_buffer, EspTransform.LargestFront, PacketLength, out ProtectedPacket sent) == EspVerdict.Delivered
            && _receiver.Receive(_buffer.AsSpan(sent.Start, sent.Length), Right, Left, 0, out _) == EspVerdict.Delivered;
    }

    private EspEngine Engine(XfrmDirection direction)
    {
        EspEngine engine = new(TimeProvider.System);
        engine.Perform(new AddSa(new SaSpec
        {
            Source = Left.ToAddress(),
            Destination = Right.ToAddress(),
            Spi = 0xc0000001,
            Mode = XfrmMode.Tunnel,
            Direction = direction,
            ReqId = 1,
            Algorithms = Algorithms(),
            Encapsulation = new UdpEncapsulation(4500, 4500),
        }));
        // As a gateway has them: many policies of few shapes.
        for (int i = 0; i < 1000; i++)
        {
            XfrmSelector selector = new(IPNetwork.Parse("10.1.0.0/24"), new IPNetwork(new IPAddress([10, (byte)(2 + i / 250), (byte)(i % 250), 0]), 24));
            engine.Perform(new AddPolicy(new PolicySpec
            {
                Selector = selector,
                Direction = direction,
                Mode = XfrmMode.Tunnel,
                TunnelSource = Left.ToAddress(),
                TunnelDestination = Right.ToAddress(),
                ReqId = 1,
                Spi = direction == XfrmDirection.Out ? 0xc0000001 : 0,
                Priority = PolicyPriority.Of(selector),
            }));
        }

        return engine;
    }

    private EspAlgorithms Algorithms() => Algorithm switch
    {
        "aes128gcm16" => EspAlgorithms.AesGcm16(new byte[20]),
        "aes256gcm16" => EspAlgorithms.AesGcm16(new byte[36]),
        "chacha20poly1305" => EspAlgorithms.ChaCha20Poly1305(new byte[36]),
        _ => EspAlgorithms.AesCbc(new byte[32], EspAlgorithms.HmacSha256(new byte[32])),
    };
}
