using System.Net;
using System.Security.Cryptography;
using Concentrator.Ike;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;

namespace Concentrator.Benchmarks;

/// <summary>A peer that calls the gateway: an IKE SA in memory with its own address and identity, whose kernel accepts everything.</summary>
internal sealed class Caller : IDisposable
{
    private readonly IkeSession _session;
    private readonly ConnectionConfig _connection;
    private readonly IkePath _path;

    public Caller(int number, Secret key, IPEndPoint gateway)
    {
        Address = new IPEndPoint(new IPAddress([10, (byte)(number >> 16), (byte)(number >> 8), (byte)number]), 500);
        _path = new IkePath(Address, gateway, false);
        _connection = Gateway.Connection(IdentityPattern.Parse($"peer{number}.example.org"), Gateway.Identity, isGateway: false);
        var context = new SessionContext { Random = new SystemRandom(), Config = new GatewayConfig([_connection], [new SharedKeyConfig("ike", [], key)]) };
        _session = new IkeSession(context, 0x0100_0000_0000_0000 | ((ulong)number << 8));
    }

    public IPEndPoint Address { get; }

    /// <summary>What is to be sent to the gateway.</summary>
    public Queue<ReadOnlyMemory<byte>> Outbox { get; } = new();

    /// <summary>The IKE SA is established, and its child as well.</summary>
    public bool IsUp { get; private set; }

    public void Call() => Handle(new Initiate(_connection, ["net"], _path, InitialContact: true));

    public void Receive(ReadOnlyMemory<byte> message) => Handle(new DatagramReceived(message.ToArray(), _path));

    public void Dispose() => _session.Dispose();

    private void Handle(SessionInput input)
    {
        Queue<SessionInput> inputs = new([input]);
        while (inputs.TryDequeue(out SessionInput? next))
        {
            foreach (SessionEffect effect in _session.Handle(next, TimeSpan.Zero))
            {
                switch (effect)
                {
                    case Transmit transmit:
                        Outbox.Enqueue(transmit.Message);
                        break;
                    case TellChild { Command: ReserveSpi } tell:
                        inputs.Enqueue(new SpiReserved(tell.ChildId, 0xc0000001));
                        break;
                    case TellChild { Command: InstallChild install } tell:
                        install.Parameters.Keys.Dispose();
                        inputs.Enqueue(new ChildInstalled(tell.ChildId, 0xc0000001));
                        IsUp = true;
                        break;
                    case Ended ended:
                        throw new InvalidOperationException($"The IKE SA of {Address} ended: {ended.Reason}.");
                    default:
                        break;
                }
            }
        }
    }

    private sealed class SystemRandom : IRandom
    {
        public void Fill(Span<byte> buffer) => RandomNumberGenerator.Fill(buffer);
    }
}
