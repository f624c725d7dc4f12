using Akka.Actor;
using Concentrator.Actors.Node;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Transport;

/// <summary>Everybody whom a datagram may concern is up: read.</summary>
internal sealed record StartReading : INoSerializationVerificationNeeded;

/// <summary>
/// One UDP socket, which it owns: a thread of its own reads and hands datagrams to the router, the actor sends. On the NAT port it takes the
/// non-ESP marker off and puts it on, and ESP goes to a backend that wants it, on the reading thread. It knows no IKE.
/// </summary>
internal sealed class SocketActor : UntypedActor
{
    private readonly NodeContext _node;
    private readonly UdpSocket _socket;
    private readonly bool _isNatPort;
    private readonly IEspPort? _esp;
    private readonly IActorRef _self;
    private readonly byte[] _marked = new byte[NonEspMarker.Length + DatagramPool.LongestMessage];
    private Thread? _reader;

    public SocketActor(NodeContext node, UdpSocket socket, bool isNatPort, IEspPort? esp)
    {
        _node = node;
        _socket = socket;
        _isNatPort = isNatPort;
        _esp = esp;
        _self = Self;
    }

    /// <param name="node">The node.</param>
    /// <param name="socket">The actor's from now on.</param>
    /// <param name="isNatPort">IKE has the non-ESP marker here.</param>
    /// <param name="esp">The actor's from now on; null where the kernel takes ESP, or nobody.</param>
    public static Props Props(NodeContext node, UdpSocket socket, bool isNatPort, IEspPort? esp) =>
        Akka.Actor.Props.Create(() => new SocketActor(node, socket, isNatPort, esp));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SendMessage send:
                Send(send);
                break;
            case SendKeepalive keepalive:
                Settle(_socket.Send(NonEspMarker.KeepaliveDatagram, UdpEndpoint.From(keepalive.Path.Local), UdpEndpoint.From(keepalive.Path.Remote)), keepalive.Path);
                break;
            case StartReading when _reader is null:
                _reader = new Thread(Read) { IsBackground = true, Name = $"ike {_socket.LocalEndPoint}" };
                _reader.Start();
                break;
            case ReadingFailed failed:
                _node.Log.Net.ReceivingFailed(new HostPort(_socket.LocalEndPoint), failed.Cause.Message);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    // The reader must be gone before the descriptor is closed: the number may be somebody else's the next moment.
    protected override void PostStop()
    {
        _socket.Stop();
        _reader?.Join();
        _esp?.Dispose();
        _socket.Dispose();
    }

    private void Send(SendMessage send)
    {
        int error = send.Path.NonEspMarker && send.Message.Length <= DatagramPool.LongestMessage
            ? SendMarked(send)
            : _socket.Send(send.Message.Span, UdpEndpoint.From(send.Path.Local), UdpEndpoint.From(send.Path.Remote));
        Settle(error, send.Path);
    }

    private void Settle(int error, IkePath path)
    {
        if (error == Errno.Ok) return;
        _node.Transport.Counters.CountSendFailure();
        _node.Log.Net.SendingFailed(new HostPort(path.Remote), $"{Errno.TextOf(error)} ({Errno.NameOf(error)})");
    }

    private int SendMarked(SendMessage send)
    {
        send.Message.Span.CopyTo(_marked.AsSpan(NonEspMarker.Length));
        ReadOnlySpan<byte> octets = _marked.AsSpan(0, NonEspMarker.Length + send.Message.Length);
        return _socket.Send(octets, UdpEndpoint.From(send.Path.Local), UdpEndpoint.From(send.Path.Remote));
    }

    /// <summary>The reader's thread.</summary>
    private void Read()
    {
        try
        {
            _socket.Run(Take);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            _self.Tell(new ReadingFailed(fault), ActorRefs.NoSender);
        }
    }

    private void Take(Span<byte> payload, in UdpEndpoint local, in UdpEndpoint remote, byte trafficClass)
    {
        TransportCounters counters = _node.Transport.Counters;
        ReadOnlySpan<byte> message = payload;
        if (_isNatPort)
        {
            NatPortContent content = NonEspMarker.Strip(payload, out message);
            if (content == NatPortContent.Keepalive) counters.CountKeepalive();
            if (content == NatPortContent.Other && _esp?.Receive(payload, local, remote, trafficClass) is not true) counters.CountWithoutMarker();
            if (content != NatPortContent.Ike) return;
        }

        if (message.Length > DatagramPool.LongestMessage)
        {
            counters.CountTooLong();
            return;
        }

        if (!_node.Datagrams.TryRent(out InboundDatagram? datagram))
        {
            counters.CountOverrun();
            return;
        }

        datagram.Fill(message, local, remote, _isNatPort);
        _node.Actors.Router.Tell(datagram, ActorRefs.NoSender);
    }

    private sealed record ReadingFailed(Exception Cause) : INoSerializationVerificationNeeded;
}
