using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Concentrator.Vici;

namespace Concentrator.Tests.Vici;

/// <summary>A client that writes what it likes and reads packet by packet, each within five seconds.</summary>
internal sealed class ViciClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public ViciClient(string path) => _socket.Connect(new UnixDomainSocketEndPoint(path));

    public int Available => _socket.Available;

    /// <summary>Octets as they are, without a length.</summary>
    public void SendRaw(byte[] octets) => _socket.Send(octets);

    public void Send(ViciPacket type, string name, byte[]? message = null)
    {
        byte[] packet = [(byte)type, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), .. message ?? []];
        byte[] length = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(length, (uint)packet.Length);
        SendRaw([.. length, .. packet]);
    }

    public async Task RegisterAsync(string name)
    {
        Send(ViciPacket.EventRegister, name);
        Assert.Equal(ViciPacket.EventConfirm, (await ReadAsync()).Type);
    }

    /// <summary>The answer; events before it are left out.</summary>
    public async Task<ViciSection> AskAsync(string command, byte[]? arguments = null)
    {
        Send(ViciPacket.CommandRequest, command, arguments);
        while (true)
        {
            (ViciPacket type, ViciSection message) = await ReadAsync();
            if (type == ViciPacket.CommandResponse) return message;
            Assert.Equal(ViciPacket.Event, type);
        }
    }

    public async Task<ViciSection> EventAsync(string name)
    {
        while (true)
        {
            byte[] packet = await PacketAsync();
            if ((ViciPacket)packet[0] == ViciPacket.Event && ViciReader.TryReadName(packet, out string? seen, out ReadOnlySpan<byte> rest) && seen == name)
            {
                Assert.True(ViciReader.TryRead(rest, out ViciSection? message));
                return message;
            }
        }
    }

    public async Task<(ViciPacket Type, ViciSection Message)> ReadAsync()
    {
        byte[] packet = await PacketAsync();
        ReadOnlySpan<byte> rest = packet.AsSpan(1);
        if ((ViciPacket)packet[0] == ViciPacket.Event) Assert.True(ViciReader.TryReadName(packet, out _, out rest));
        Assert.True(ViciReader.TryRead(rest, out ViciSection? message));
        return ((ViciPacket)packet[0], message);
    }

    /// <summary>True when the server has closed the connection.</summary>
    public async Task<bool> IsClosedAsync()
    {
        using CancellationTokenSource patience = Patience();
        try
        {
            byte[] octets = new byte[4096];
            while (await _socket.ReceiveAsync(octets, patience.Token) > 0)
            {
            }

            return true;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task<byte[]> PacketAsync()
    {
        byte[] packet = new byte[BinaryPrimitives.ReadUInt32BigEndian(await OctetsAsync(4))];
        return await OctetsAsync(packet.Length);
    }

    private async Task<byte[]> OctetsAsync(int count)
    {
        byte[] octets = new byte[count];
        using CancellationTokenSource patience = Patience();
        for (int have = 0; have < count;)
        {
            int read = await _socket.ReceiveAsync(octets.AsMemory(have), patience.Token);
            Assert.NotEqual(0, read);
            have += read;
        }

        return octets;
    }

    private static CancellationTokenSource Patience()
    {
        CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        return patience;
    }
}
