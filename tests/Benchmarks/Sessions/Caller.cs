using System.Net;
using System.Security.Cryptography;
using Concentrator.Ike;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;

namespace Concentrator.Benchmarks;

/// <summary>A peer that calls the gateway: an IKE SA in memory with its own address and identity, whose kernel accepts everything.</summary>
internal sealed class Caller : IDisposable
{
    private readonly MemoryEnd _end;
    private readonly ConnectionConfig _connection;
    private readonly IkePath _path;

    public Caller(int number, Secret key, IPEndPoint gateway)
    {
        Address = new IPEndPoint(new IPAddress([10, (byte)(number >> 16), (byte)(number >> 8), (byte)number]), 500);
        _path = new IkePath(Address, gateway, false);
        _connection = Gateway.Connection(IdentityPattern.Parse($"peer{number}.example.org"), Gateway.Identity, isGateway: false);
        var context = new SessionContext { Random = new SystemRandom(), Config = new GatewayConfig([_connection], [new SharedKeyConfig("ike", [], key)]) };
        _end = new MemoryEnd(new IkeSession(context, 0x0100_0000_0000_0000 | ((ulong)number << 8)));
    }

    public IPEndPoint Address { get; }

    /// <summary>What is to be sent to the gateway.</summary>
    public Queue<ReadOnlyMemory<byte>> Outbox => _end.Outbox;

    /// <summary>The IKE SA is established, and its child as well.</summary>
    public bool IsUp => _end.Installed > 0;

    public void Call() => _end.Handle(new Initiate(_connection, ["net"], _path, InitialContact: true));

    public void Receive(ReadOnlyMemory<byte> message) => _end.Handle(new DatagramReceived(message.ToArray(), _path));

    public void Dispose() => _end.Dispose();

    private sealed class SystemRandom : IRandom
    {
        public void Fill(Span<byte> buffer) => RandomNumberGenerator.Fill(buffer);
    }
}
