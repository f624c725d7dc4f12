using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Concentrator.Kernel.Tests;

/// <summary>IKE's sockets on loopback: who sent what to which of our addresses.</summary>
public sealed class UdpSocketTests
{
    [Theory]
    [InlineData("0.0.0.0", "127.0.0.5", "127.0.0.9")]
    [InlineData("127.0.0.1", "127.0.0.1", "127.0.0.1")]
    [InlineData("::", "::1", "::1")]
    public void The_local_address_of_each_datagram_is_known_and_chosen(string bind, string from, string to)
    {
        using Receiver receiver = new(bind);
        using UdpSocket sender = UdpSocket.Bind(new IPEndPoint(IPAddress.Parse(bind), 0), new UdpSocketOptions());
        Assert.Equal(0, sender.Send([1, 2, 3], UdpEndpoint.From(new IPEndPoint(IPAddress.Parse(from), 0)), receiver.At(to)));
        (byte[] payload, UdpEndpoint local, UdpEndpoint remote) = receiver.Next();
        Assert.Equal([1, 2, 3], payload);
        Assert.Equal(new IPEndPoint(IPAddress.Parse(to), receiver.Port), local.ToIPEndPoint());
        Assert.Equal(new IPEndPoint(IPAddress.Parse(from), sender.LocalEndPoint.Port), remote.ToIPEndPoint());
    }

    [Fact]
    public void Hundreds_at_once_arrive_in_order()
    {
        using Receiver receiver = new("127.0.0.1");
        using UdpSocket sender = UdpSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0), new UdpSocketOptions());
        for (int i = 0; i < 500; i++) Assert.Equal(0, sender.Send(BitConverter.GetBytes(i), default, receiver.At("127.0.0.1")));
        for (int i = 0; i < 500; i++) Assert.Equal(i, BitConverter.ToInt32(receiver.Next().Payload));
    }

    [Fact]
    public void Reading_allocates_nothing_for_a_datagram()
    {
        using UdpSocket socket = UdpSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0), new UdpSocketOptions());
        using UdpSocket sender = UdpSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0), new UdpSocketOptions());
        for (int i = 0; i < 300; i++) sender.Send(new byte[200], default, UdpEndpoint.From(socket.LocalEndPoint));
        // Of two hundreds the lesser: a collection in the middle of one counts what is not ours.
        int count = 0;
        long before = 0, least = long.MaxValue;
        Thread thread = new(() => socket.Run((Span<byte> _, in UdpEndpoint _, in UdpEndpoint _, byte _) =>
        {
            if (++count % 100 != 0) return;
            long now = GC.GetAllocatedBytesForCurrentThread();
            if (count > 100) least = Math.Min(least, now - before);
            before = now;
            if (count == 300) socket.Stop();
        }));
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(10)));
        Assert.Equal(0, least);
    }

    [Fact]
    public void A_port_in_use_is_an_error_of_the_socket()
    {
        using UdpSocket first = UdpSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0), new UdpSocketOptions());
        SocketException e = Assert.Throws<SocketException>(() => UdpSocket.Bind(first.LocalEndPoint, new UdpSocketOptions()));
        Assert.Equal(Errno.EADDRINUSE, e.ErrorCode);
    }

    [Fact]
    public void With_the_right_bypass_and_encapsulation_are_had_without_a_warning()
    {
        using UdpSocket socket = UdpSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0), new UdpSocketOptions(XfrmBypass: true, UdpEncapsulation: true));
        using UdpSocket v6 = UdpSocket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0), new UdpSocketOptions(XfrmBypass: true, UdpEncapsulation: true));
        Assert.Empty(socket.Warnings);
        Assert.Empty(v6.Warnings);
    }

    [Fact]
    public void An_address_goes_into_an_endpoint_and_back()
    {
        foreach (string text in new[] { "192.0.2.7", "::1", "2001:db8::ffff", "255.255.255.255" })
        {
            IPEndPoint endpoint = new(IPAddress.Parse(text), 4500);
            Assert.Equal(endpoint, UdpEndpoint.From(endpoint).ToIPEndPoint());
        }
    }

    private sealed class Receiver : IDisposable
    {
        private readonly UdpSocket _socket;
        private readonly Thread _thread;
        private readonly BlockingCollection<(byte[] Payload, UdpEndpoint Local, UdpEndpoint Remote)> _received = [];

        public Receiver(string bind)
        {
            _socket = UdpSocket.Bind(new IPEndPoint(IPAddress.Parse(bind), 0), new UdpSocketOptions());
            _thread = new Thread(() => _socket.Run((Span<byte> payload, in UdpEndpoint local, in UdpEndpoint remote, byte _) =>
                _received.Add((payload.ToArray(), local, remote))));
            _thread.Start();
        }

        public int Port => _socket.LocalEndPoint.Port;

        public UdpEndpoint At(string address) => UdpEndpoint.From(new IPEndPoint(IPAddress.Parse(address), Port));

        public (byte[] Payload, UdpEndpoint Local, UdpEndpoint Remote) Next() =>
            _received.TryTake(out var next, TimeSpan.FromSeconds(10)) ? next : throw new TimeoutException("no datagram within 10 s");

        public void Dispose()
        {
            _socket.Stop();
            Assert.True(_thread.Join(TimeSpan.FromSeconds(5)), "Run did not return after Stop");
            _socket.Dispose();
            _received.Dispose();
        }
    }
}
