using BenchmarkDotNet.Attributes;

namespace Concentrator.Benchmarks;

/// <summary>IKE_SA_INIT and IKE_AUTH of both ends with a pre-shared key: half of it is one gateway's share.</summary>
[MemoryDiagnoser]
public class HandshakeBenchmarks
{
    private Handshake _handshake = null!;

    [Params("aes128gcm16-prfsha256-x25519", "aes256-sha256-modp2048")]
    public string Proposal { get; set; } = "";

    [GlobalSetup]
    public void Setup() => _handshake = new Handshake(Proposal, "aes128gcm16");

    [Benchmark]
    public int BothEnds() => _handshake.Run();
}
