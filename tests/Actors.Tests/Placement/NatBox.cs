using System.Net;
using System.Net.Sockets;
using Concentrator.Actors.Tests.Clustering;
using ClusterNode = Concentrator.Actors.Tests.Clustering.ClusterNode;

namespace Concentrator.Actors.Tests.Placement;

/// <summary>
/// A NAT between one peer and the nodes of a cluster, on loopback: it chooses for each datagram to which node it goes, as routers do that share the gateway's address
/// among nodes. Answers of any node go back to the peer.
/// </summary>
internal sealed class NatBox : IDisposable
{
    private const int ExchangeOffset = 18;
    private const byte IkeSaInit = 34;

    private readonly CancellationTokenSource _end = new();
    private readonly UdpClient[] _inside = [Bind(), Bind()];
    private readonly UdpClient[] _outside = [Bind(), Bind()];
    private readonly IPEndPoint?[] _peer = new IPEndPoint?[2];
    private readonly Func<bool, ClusterNode> _choose;

    /// <param name="choose">By whether it is an IKE_SA_INIT; called on any thread.</param>
    public NatBox(Func<bool, ClusterNode> choose)
    {
        _choose = choose;
        for (int port = 0; port < 2; port++)
        {
            _ = PassInAsync(port);
            _ = PassOutAsync(port);
        }
    }

    /// <summary>What the peer takes for the gateway's ports 500 and 4500.</summary>
    public ushort Port => PortOf(_inside[0]);

    public ushort NatPort => PortOf(_inside[1]);

    public void Dispose()
    {
        _end.Cancel();
        foreach (UdpClient socket in _inside.Concat(_outside)) socket.Dispose();
        _end.Dispose();
    }

    private static UdpClient Bind() => new(new IPEndPoint(IPAddress.Loopback, 0));

    private static ushort PortOf(UdpClient socket) => (ushort)((IPEndPoint)socket.Client.LocalEndPoint!).Port;

    private async Task PassInAsync(int port)
    {
        await LoopAsync(_inside[port], async received =>
        {
            _peer[port] = received.RemoteEndPoint;
            int offset = ExchangeOffset + (port == 0 ? 0 : 4);
            bool isInit = received.Buffer.Length > offset && received.Buffer[offset] == IkeSaInit;
            await _outside[port].SendAsync(received.Buffer, _choose(isInit).Node.Endpoints[port], _end.Token);
        });
    }

    private async Task PassOutAsync(int port)
    {
        await LoopAsync(_outside[port], async received =>
        {
            if (_peer[port] is { } peer) await _inside[port].SendAsync(received.Buffer, peer, _end.Token);
        });
    }

    private async Task LoopAsync(UdpClient socket, Func<UdpReceiveResult, Task> pass)
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                await pass(await socket.ReceiveAsync(_end.Token));
            }
            catch (Exception fault) when (fault is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // A node that is gone: its port answers with ICMP.
            }
        }
    }
}
