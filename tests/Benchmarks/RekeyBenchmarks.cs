using BenchmarkDotNet.Attributes;
using Concentrator.Ike.Session;

namespace Concentrator.Benchmarks;

/// <summary>CREATE_CHILD_SA and the Delete that follows it, both ends: half of it is one gateway's share.</summary>
[MemoryDiagnoser]
public class RekeyBenchmarks
{
    private MemoryEnd _initiator = null!, _withPfs = null!;
    private MemoryEnd _responder = null!, _peerWithPfs = null!;

    [GlobalSetup]
    public void Setup()
    {
        (_initiator, _responder) = new Handshake("aes128gcm16-prfsha256-x25519", "aes128gcm16").Establish();
        (_withPfs, _peerWithPfs) = new Handshake("aes128gcm16-prfsha256-x25519", "aes128gcm16-x25519").Establish();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        foreach (MemoryEnd end in new[] { _initiator, _responder, _withPfs, _peerWithPfs }) end.Dispose();
    }

    [Benchmark]
    public int Child() => RekeyChild(_initiator, _responder);

    [Benchmark]
    public int ChildWithX25519() => RekeyChild(_withPfs, _peerWithPfs);

    [Benchmark]
    public int IkeSaWithX25519() => Rekey(_initiator, _responder, new RekeyIkeSa());

    private static int RekeyChild(MemoryEnd asks, MemoryEnd answers)
    {
        int before = answers.Installed;
        int after = Rekey(asks, answers, new RekeyChild(asks.LastChild));
        return after == before + 1 ? after : throw new InvalidOperationException("The child was not rekeyed.");
    }

    private static int Rekey(MemoryEnd asks, MemoryEnd answers, SessionInput input)
    {
        asks.Handle(input);
        Handshake.Drive(asks, answers);
        asks.Lapse();
        answers.Lapse();
        return answers.Installed;
    }
}
