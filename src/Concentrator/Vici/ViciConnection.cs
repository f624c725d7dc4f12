using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Threading.Channels;

namespace Concentrator.Vici;

/// <summary>
/// One client. It reads packets, carries out one command after the other, and sends in order what is queued for the client. The queue is bounded: a
/// command waits when the client does not read, and a client that lets events pile up is cut off. Nothing of a node ever waits for a client.
/// </summary>
internal sealed class ViciConnection : IDisposable
{
    /// <summary>Packets that wait for the client to read.</summary>
    private const int QueueLength = 1024;

    private readonly Socket _socket;
    private readonly ViciCommands _commands;
    private readonly ViciEvents _events;
    private readonly ConcurrentDictionary<string, bool> _registered = new();
    private readonly Channel<byte[]> _queue = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(QueueLength) { SingleReader = true });

    /// <summary>Never disposed, as it holds nothing: an actor may still be offering an event while the client goes.</summary>
    private readonly CancellationTokenSource _gone = new();

    public ViciConnection(Socket socket, ViciCommands commands, ViciEvents events)
    {
        _socket = socket;
        _commands = commands;
        _events = events;
    }

    /// <summary>Until the client goes, breaks the protocol, or <paramref name="stop"/>.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using CancellationTokenRegistration stopping = stop.Register(_gone.Cancel);
        Task sending = SendAllAsync();
        Task command = Task.CompletedTask;
        try
        {
            while (await ReadPacketAsync().ConfigureAwait(false) is { } packet)
            {
                // A command at a time; while it runs the client may register and leave.
                if ((ViciPacket)packet[0] != ViciPacket.CommandRequest)
                {
                    if (!await RegisterAsync(packet).ConfigureAwait(false)) break;
                    continue;
                }

                await command.ConfigureAwait(false);
                if (!ViciReader.TryReadName(packet, out string? name, out ReadOnlySpan<byte> rest)) break;
                if (!ViciReader.TryRead(rest, out ViciSection? arguments)) break;
                CryptographicOperations.ZeroMemory(packet);
                command = AnswerAsync(name, arguments);
            }
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException or ChannelClosedException)
        {
            // The client's affair, or ours to stop.
        }
        finally
        {
            await _gone.CancelAsync().ConfigureAwait(false);
            _events.Leave(this);
            _queue.Writer.TryComplete();
            await Task.WhenAll(command, sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public bool Hears(string eventName) => _registered.ContainsKey(eventName);

    /// <summary>In its turn, as soon as the client has read enough.</summary>
    public ValueTask SendAsync(byte[] packet) => _queue.Writer.WriteAsync(packet, _gone.Token);

    /// <summary>At once or never: who cannot keep up is cut off.</summary>
    public void Offer(byte[] packet)
    {
        if (!_queue.Writer.TryWrite(packet)) _gone.Cancel();
    }

    public void Dispose() => _socket.Dispose();

    private async Task AnswerAsync(string name, ViciSection arguments)
    {
        ViciRequest request = new(arguments, this, _gone.Token);
        ViciWriter? response;
        try
        {
            response = await _commands.ExecuteAsync(name, request).ConfigureAwait(false);
        }
        finally
        {
            arguments.Wipe();
        }

        await SendAsync(response?.ToPacket() ?? ViciWriter.Bare(ViciPacket.CommandUnknown)).ConfigureAwait(false);
    }

    private async Task<bool> RegisterAsync(byte[] packet)
    {
        if (!ViciReader.TryReadName(packet, out string? name, out _)) return false;
        bool isKnown = ViciEvents.Names.Contains(name);
        switch ((ViciPacket)packet[0])
        {
            case ViciPacket.EventRegister when isKnown:
                _registered[name] = true;
                _events.Join(this);
                break;
            case ViciPacket.EventUnregister when isKnown:
                isKnown = _registered.TryRemove(name, out _);
                break;
            case ViciPacket.EventRegister or ViciPacket.EventUnregister:
                break;
            default:
                return false;
        }

        await SendAsync(ViciWriter.Bare(isKnown ? ViciPacket.EventConfirm : ViciPacket.EventUnknown)).ConfigureAwait(false);
        return true;
    }

    /// <summary>Null at the end, or where there is no packet.</summary>
    private async Task<byte[]?> ReadPacketAsync()
    {
        byte[] length = new byte[4];
        if (!await ReadAsync(length).ConfigureAwait(false)) return null;
        uint octets = BinaryPrimitives.ReadUInt32BigEndian(length);
        if (octets is 0 or > ViciLimits.LargestPacket) return null;
        byte[] packet = new byte[octets];
        return await ReadAsync(packet).ConfigureAwait(false) ? packet : null;
    }

    private async Task<bool> ReadAsync(Memory<byte> whole)
    {
        while (whole.Length > 0)
        {
            int read = await _socket.ReceiveAsync(whole, _gone.Token).ConfigureAwait(false);
            if (read == 0) return false;
            whole = whole[read..];
        }

        return true;
    }

    private async Task SendAllAsync()
    {
        try
        {
            await foreach (byte[] packet in _queue.Reader.ReadAllAsync(_gone.Token).ConfigureAwait(false))
            {
                for (Memory<byte> rest = packet; rest.Length > 0;)
                    rest = rest[await _socket.SendAsync(rest, _gone.Token).ConfigureAwait(false)..];
            }
        }
        catch (SocketException)
        {
            await _gone.CancelAsync().ConfigureAwait(false);
        }
    }
}
