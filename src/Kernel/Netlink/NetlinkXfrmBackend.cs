using System.Security.Cryptography;
using Concentrator.Kernel.Native;

namespace Concentrator.Kernel.Netlink;

/// <summary>
/// The kernel's own SAD and SPD over NETLINK_XFRM. A socket for requests and one for dumps, used by one thread; one for events, read by a thread of this
/// object's own. Several requests go out in one system call; their answers are matched by sequence number. What it adds has the node's seal.
/// </summary>
/// <remarks>Parts: requests here, Dumps.</remarks>
public sealed partial class NetlinkXfrmBackend : IXfrmBackend
{
    private const int BusyTries = 3;
    private const int BatchLimit = 64;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private readonly NetlinkSocket _socket;
    private readonly NetlinkSocket _dumps;
    private readonly NetlinkEvents _events;
    private readonly Seal _seal;
    private readonly MessageBuilder _builder = new();
    private readonly byte[] _received = new byte[64 * 1024];
    private uint _sequence;

    private NetlinkXfrmBackend(NetlinkSocket socket, NetlinkSocket dumps, NetlinkEvents events, Seal seal)
    {
        _socket = socket;
        _dumps = dumps;
        _events = events;
        _seal = seal;
        _events.Received += e => EventReceived?.Invoke(e);
    }

    public string Name => "netlink";

    public UdpSocketOptions SocketOptions(bool isNatPort) => new(XfrmBypass: true, UdpEncapsulation: isNatPort);

    public event Action<XfrmEvent>? EventReceived;

    /// <summary>Opens its sockets in the calling thread's network namespace, and makes sure that the kernel will talk to us.</summary>
    /// <param name="seal">What its SAs and policies are known by, later too; null: one that nobody has.</param>
    /// <exception cref="XfrmException">There is no XFRM, or no right to use it; the message says what to do.</exception>
    public static NetlinkXfrmBackend Open(Seal? seal = null) => Open(seal, NetlinkSocket.LargeBuffer, NetlinkSocket.LargeBuffer);

    /// <summary>The same with other buffers for answers and events, for tests that want them to overflow.</summary>
    internal static NetlinkXfrmBackend Open(Seal? seal, int requestBuffer, int eventBuffer)
    {
        NetlinkSocket socket = NetlinkSocket.Open(groups: 0, requestBuffer);
        try
        {
            int refused = ProbeRight(socket);
            if (refused != Errno.Ok)
            {
                throw new XfrmException(refused, refused is Errno.EPERM or Errno.EACCES
                    ? "no right to change XFRM: run as root, or give the program CAP_NET_ADMIN (setcap cap_net_admin+ep), or use --kernel memory, which protects nothing"
                    : $"XFRM does not answer: {Errno.TextOf(refused)} ({Errno.NameOf(refused)})");
            }

            return new NetlinkXfrmBackend(socket, NetlinkSocket.Open(groups: 0), NetlinkEvents.Start(eventBuffer), seal ?? Seal.Random());
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Execute(ReadOnlySpan<XfrmRequest> requests, Span<XfrmReply> replies)
    {
        for (int start = 0; start < requests.Length; start += BatchLimit)
        {
            int count = Math.Min(BatchLimit, requests.Length - start);
            ExecuteBatch(requests.Slice(start, count), replies.Slice(start, count));
        }

        for (int i = 0; i < requests.Length; i++)
        {
            for (int tries = 0; tries < BusyTries && replies[i].Error == Errno.EBUSY; tries++)
                ExecuteBatch(requests.Slice(i, 1), replies.Slice(i, 1));
        }
    }

    private void ExecuteBatch(ReadOnlySpan<XfrmRequest> requests, Span<XfrmReply> replies)
    {
        uint first = _sequence + 1;
        foreach (XfrmRequest request in requests) RequestWriter.Write(request, _seal, ++_sequence, _builder);
        int error = _socket.Send(_builder.Written);
        _builder.Clear();
        replies.Fill(new XfrmReply(error == 0 ? Errno.ETIMEDOUT : error));
        if (error == 0) Collect(first, requests, replies);
    }

    /// <summary>Until each request has its ack or error, or the deadline is past; then the rest stays ETIMEDOUT.</summary>
    private void Collect(uint first, ReadOnlySpan<XfrmRequest> requests, Span<XfrmReply> replies)
    {
        Span<bool> answered = stackalloc bool[replies.Length];
        int open = replies.Length;
        long end = Environment.TickCount64 + (long)Deadline.TotalMilliseconds;
        while (open > 0)
        {
            int length = _socket.Receive(_received, TimeSpan.FromMilliseconds(Math.Max(0, end - Environment.TickCount64)));
            // Answers were dropped. All that was carried out is answered by now: the rest is taken, and nothing more is waited for.
            if (length == -Errno.ENOBUFS)
            {
                end = 0;
                continue;
            }

            if (length < 0) return;
            var reader = new MessageReader(_received.AsSpan(0, length));
            while (reader.Next())
            {
                uint index = reader.Header.nlmsg_seq - first;
                // A late answer to an earlier request that was given up.
                if (index >= replies.Length || answered[(int)index]) continue;
                if (!Apply(reader, requests[(int)index], ref replies[(int)index])) continue;
                answered[(int)index] = true;
                open--;
            }

            // A GETSA answer holds keys.
            CryptographicOperations.ZeroMemory(_received.AsSpan(0, length));
        }
    }

    /// <summary>True when this message completes the request: its ack or its error.</summary>
    private bool Apply(in MessageReader reader, XfrmRequest request, ref XfrmReply reply)
    {
        switch (reader.Header.nlmsg_type)
        {
            case Constants.NLMSG_ERROR:
                (int errno, string extAck) = reader.ReadError();
                reply = errno == Errno.Ok && request is ReadSa && reply.Spec is null
                    ? new XfrmReply(Errno.EACCES, SaReader.KeptBack)
                    : reply with { Error = errno, ExtAck = extAck };
                return true;
            case Constants.XFRM_MSG_NEWSA when Readers.ReadSa(reader.Payload, _seal) is { } sa:
                reply = reply with { Spi = sa.Id.Spi, Sa = sa };
                if (request is ReadSa read) reply = reply with { Spec = SaReader.Read(reader.Payload, read.Direction) };
                return false;
            case Constants.XFRM_MSG_NEWPOLICY:
                reply = reply with { Policy = Readers.ReadPolicy(reader.Payload, _seal) };
                return false;
            default:
                return false;
        }
    }

    private static int ProbeRight(NetlinkSocket socket)
    {
        var builder = new MessageBuilder();
        builder.Begin(Constants.XFRM_MSG_GETSADINFO, Constants.NLM_F_REQUEST, 0);
        builder.Put(uint.MaxValue);
        builder.End();
        int error = socket.Send(builder.Written);
        if (error != 0) return error;
        byte[] answer = new byte[8192];
        int length = socket.Receive(answer, Deadline);
        if (length < 0) return -length;
        var reader = new MessageReader(answer.AsSpan(0, length));
        return reader.Next() && reader.Header.nlmsg_type == Constants.NLMSG_ERROR ? reader.ReadError().Errno : Errno.Ok;
    }

    public void Dispose()
    {
        _events.Dispose();
        _dumps.Dispose();
        _socket.Dispose();
        _builder.Clear();
    }
}
