using System.Security.Cryptography;
using Concentrator.Kernel.Native;

namespace Concentrator.Kernel.Netlink;

/// <summary>Whole tables. A dump has a socket of its own, so that requests go on while it is read piece by piece.</summary>
public sealed partial class NetlinkXfrmBackend
{
    private const int DumpTries = 3;

    public IReadOnlyList<SaInfo> DumpSas() => Whole(StreamSas);

    public IReadOnlyList<PolicyInfo> DumpPolicies() => Whole(StreamPolicies);

    public IEnumerable<SaInfo> StreamSas() => Stream(Constants.XFRM_MSG_GETSA, Readers.ReadSa);

    public IEnumerable<PolicyInfo> StreamPolicies() => Stream(Constants.XFRM_MSG_GETPOLICY, Readers.ReadPolicy);

    private delegate T? Reader<T>(ReadOnlySpan<byte> payload, Seal seal);

    /// <summary>Once more when the table changed under the kernel's hands or a part of it was lost on the way.</summary>
    private static List<T> Whole<T>(Func<IEnumerable<T>> stream)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                return [.. stream()];
            }
            catch (XfrmException lost) when (lost.Error is Errno.EINTR or Errno.ENOBUFS && tries < DumpTries)
            {
            }
        }
    }

    private IEnumerable<T> Stream<T>(ushort type, Reader<T> read)
        where T : class
    {
        Drain();
        uint seq = ++_sequence;
        _builder.Begin(type, Constants.NLM_F_REQUEST | Constants.NLM_F_DUMP, seq);
        _builder.End();
        int error = _dumps.Send(_builder.Written);
        _builder.Clear();
        if (error != 0) throw Failed(error);
        List<T> chunk = [];
        bool more;
        do
        {
            chunk.Clear();
            more = ReceiveChunk(seq, read, chunk);
            foreach (T item in chunk) yield return item;
        }
        while (more);
    }

    /// <summary>What a dump left that was not read to its end: the kernel begins no other before that.</summary>
    private void Drain()
    {
        int length;
        do
        {
            length = _dumps.Receive(_received, TimeSpan.Zero);
        }
        while (length > 0 || length == -Errno.ENOBUFS);

        CryptographicOperations.ZeroMemory(_received);
    }

    /// <summary>The next datagram; false when it is the last.</summary>
    private bool ReceiveChunk<T>(uint seq, Reader<T> read, List<T> chunk)
        where T : class
    {
        int length = _dumps.Receive(_received, Deadline);
        if (length < 0) throw Failed(-length);
        bool more = true;
        var reader = new MessageReader(_received.AsSpan(0, length));
        while (reader.Next())
        {
            if (reader.Header.nlmsg_seq != seq) continue;
            if ((reader.Header.nlmsg_flags & Constants.NLM_F_DUMP_INTR) != 0) throw Failed(Errno.EINTR);
            if (reader.Header.nlmsg_type == Constants.NLMSG_DONE) more = false;
            else if (reader.Header.nlmsg_type == Constants.NLMSG_ERROR) throw Failed(reader.ReadError().Errno);
            else if (read(reader.Payload, _seal) is { } item) chunk.Add(item);
        }

        // It holds keys.
        CryptographicOperations.ZeroMemory(_received.AsSpan(0, length));
        return more;
    }

    private static XfrmException Failed(int errno) => new(errno, $"XFRM dump: {Errno.TextOf(errno)}");
}
