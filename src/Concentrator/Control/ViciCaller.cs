using System.Buffers.Binary;
using System.Net.Sockets;
using Concentrator.Vici;

namespace Concentrator.Control;

/// <summary>Our own client of a gateway's control socket, for the command line: one question after the other, each bounded in time.</summary>
internal sealed class ViciCaller : IDisposable
{
    public const string DefaultPath = "/run/concentrator/vici.sock";

    private readonly Socket _socket;

    private ViciCaller(Socket socket) => _socket = socket;

    /// <exception cref="ControlException">Nobody listens there; the message says what to do.</exception>
    public static ViciCaller Connect(string path)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return new ViciCaller(socket);
        }
        catch (Exception refused) when (refused is SocketException or ArgumentException)
        {
            socket.Dispose();
            throw new ControlException(ExitCode.NoGateway, refused is SocketException { SocketErrorCode: SocketError.AccessDenied }
                ? $"{path}: not yours to speak to: run this as the user of the gateway, or as root"
                : $"no gateway listens on {path}: start it (systemctl start concentrator), or name its socket with --vici");
        }
    }

    /// <param name="command">As vici has it.</param>
    /// <param name="arguments">Writes them; null: there are none.</param>
    /// <param name="patience">How long one packet of the answer may take.</param>
    /// <param name="stream">The event in whose packets the answer comes; null: in one.</param>
    /// <param name="each">Gets the stream's packets.</param>
    /// <exception cref="ControlException">It refuses, does not answer, or knows no such command.</exception>
    public ViciSection Ask(string command, Action<ViciWriter>? arguments, TimeSpan patience, string? stream = null, Action<ViciSection>? each = null)
    {
        _socket.ReceiveTimeout = Math.Max(1, (int)patience.TotalMilliseconds);
        if (stream is not null)
        {
            _socket.Send(ViciWriter.Register(stream).ToPacket());
            if (Read().Type != ViciPacket.EventConfirm) throw new ControlException(ExitCode.Refused, $"the gateway has no stream {stream}");
        }

        ViciWriter request = ViciWriter.Request(command);
        arguments?.Invoke(request);
        _socket.Send(request.ToPacket());
        while (true)
        {
            (ViciPacket type, ViciSection message) = Read();
            switch (type)
            {
                case ViciPacket.Event:
                    each?.Invoke(message);
                    break;
                case ViciPacket.CommandResponse:
                    if (message.Text("success") == "no") throw new ControlException(ExitCode.Refused, message.Text("errmsg") ?? "refused");
                    return message;
                default:
                    throw new ControlException(ExitCode.Refused, $"the gateway does not know the command {command}");
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private (ViciPacket Type, ViciSection Message) Read()
    {
        uint length = BinaryPrimitives.ReadUInt32BigEndian(Octets(4));
        if (length is 0 or > ViciLimits.LargestPacket) throw Garbled();
        byte[] packet = Octets((int)length);
        var type = (ViciPacket)packet[0];
        ReadOnlySpan<byte> rest = packet.AsSpan(1);
        if (type == ViciPacket.Event && !ViciReader.TryReadName(packet, out _, out rest)) throw Garbled();
        return (type, ViciReader.TryRead(rest, out ViciSection? message) ? message : throw Garbled());
    }

    private byte[] Octets(int count)
    {
        byte[] octets = new byte[count];
        try
        {
            for (int have = 0; have < count;)
            {
                int read = _socket.Receive(octets.AsSpan(have));
                if (read == 0) throw new ControlException(ExitCode.NoAnswer, "the gateway went away");
                have += read;
            }
        }
        catch (SocketException)
        {
            throw new ControlException(ExitCode.NoAnswer, "the gateway does not answer");
        }

        return octets;
    }

    private static ControlException Garbled() => new(ExitCode.NoAnswer, "what listens there does not speak vici");
}

/// <summary>A command for a gateway cannot be carried out. The message is for people, the code for scripts.</summary>
internal sealed class ControlException(int code, string message) : Exception(message)
{
    public int Code { get; } = code;
}
