using Concentrator.Kernel.Native;

namespace Concentrator.Kernel.Netlink;

/// <summary>Listens to ACQUIRE, EXPIRE and MAPPING on a socket and a thread of its own. An overflow becomes <see cref="EventsLost"/>.</summary>
internal sealed class NetlinkEvents : IDisposable
{
    /// <summary>How long the thread may take to notice that it is to end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private readonly NetlinkSocket _socket;
    private readonly Thread _thread;
    private volatile bool _stopping;

    private NetlinkEvents(NetlinkSocket socket)
    {
        _socket = socket;
        _thread = new Thread(Listen) { IsBackground = true, Name = "xfrm-events" };
    }

    public event Action<XfrmEvent>? Received;

    public static NetlinkEvents Start(int receiveBuffer)
    {
        var events = new NetlinkEvents(NetlinkSocket.Open(
            Bit(Constants.XFRMNLGRP_ACQUIRE) | Bit(Constants.XFRMNLGRP_EXPIRE) | Bit(Constants.XFRMNLGRP_MAPPING), receiveBuffer));
        events._thread.Start();
        return events;
    }

    private static uint Bit(uint group) => 1u << (int)(group - 1);

    private void Listen()
    {
        byte[] buffer = new byte[64 * 1024];
        while (!_stopping)
        {
            int length = _socket.Receive(buffer, Patience);
            if (length == -Errno.ENOBUFS) Received?.Invoke(new EventsLost());
            if (length < 0) continue;
            var reader = new MessageReader(buffer.AsSpan(0, length));
            while (reader.Next())
            {
                if (Readers.ReadEvent(reader.Header.nlmsg_type, reader.Payload) is { } xfrmEvent) Received?.Invoke(xfrmEvent);
            }
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _socket.Dispose();
    }
}
