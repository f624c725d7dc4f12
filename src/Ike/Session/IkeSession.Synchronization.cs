using System.Buffers.Binary;
using System.Security.Cryptography;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>
/// Message ids after a take-over (RFC 6311): as the side that was taken over (<see cref="SessionContext.KeepsIdsExactWithAead"/> apart), and as the peer of one that was. IPSEC_REPLAY_COUNTER_SYNC is not announced: our
/// outbound numbers are moved ahead and our inbound window is put where it was, so there is nothing that a peer would have to do.
/// </summary>
public sealed partial class IkeSession
{
    private const int SynchronizationLength = 12;

    private bool _peerSynchronizes;

    private Synchronization? _synchronization;

    /// <summary>After a take-over on our side the ids of the IKE SA in use are agreed upon anew; else each is stored, and the next one is used at once.</summary>
    private bool SynchronizesAfterwards => _peerSynchronizes && !(_context.KeepsIdsExactWithAead && _sa.Suite is { Integrity: IntegrityId.None });

    /// <summary>RFC 6311 §5: whoever knows it says so in IKE_AUTH, a responder only where the initiator did.</summary>
    private static IEnumerable<Payload> SynchronizationPayload(bool isKnown) => isKnown ? [new NotifyPayload(NotifyType.Ikev2MessageIdSyncSupported)] : [];

    private void NoteSynchronization(IkeMessage auth) =>
        _peerSynchronizes = _context.SynchronizesMessageIds && auth.Notify(NotifyType.Ikev2MessageIdSyncSupported) is not null;

    /// <summary>As who was taken over: our requests begin beyond all that our predecessor can have sent.</summary>
    private void Synchronize()
    {
        _resumption = Resumption.Synchronizing;
        // RFC 6311 §5.1: M1 is higher than whatever the peer may have seen, earlier synchronizations among that; so it is stored first.
        _sa.NextOutboundId += IdReserve;
        byte[] nonce = new byte[4];
        _context.Random.Fill(nonce);
        // RFC 6311 §5.1: the message id is zero, whatever the window is.
        IkeHeader header = _sa.HeaderFor(ExchangeType.Informational, isResponse: false, 0);
        List<Payload> payloads = [Write(nonce, _sa.NextOutboundId, _sa.NextInboundId)];
        _synchronization = new Synchronization(nonce, _sa.NextOutboundId, _sa.NextInboundId, Protect(_sa, header, payloads, Path!), SummaryOf(header, payloads));
        WriteAhead(changesState: true);
        Send(_synchronization.Datagrams, _synchronization.Summary, Path!, repeated: false);
        Arm(TimerKind.Synchronization, _context.Retransmit.WaitAfter(1)!.Value);
    }

    private void RepeatSynchronization()
    {
        if (_synchronization is not { } synchronization) return;
        if (_context.Retransmit.WaitAfter(++synchronization.Sent) is { } wait)
        {
            Send(synchronization.Datagrams, synchronization.Summary, Path!, repeated: true);
            Arm(TimerKind.Synchronization, wait);
            return;
        }

        Say(LogTag.Ike, Severity.Warning, "the peer does not answer after the take-over");
        Follow(c => c.DpdAction);
        Finish(Trigger.TimeSpent, _endReason ?? EndReason.PeerUnreachable);
    }

    /// <summary>RFC 6311 §5.1: the answer to our synchronization. False: it is none.</summary>
    private bool TakesSynchronizationResponse(IkeSa sa, in IkeHeader header, Memory<byte> datagram, IkePath path)
    {
        if (_synchronization is not { } ours || sa != _sa || header.MessageId != 0 || header.Exchange != ExchangeType.Informational) return false;
        if (Open(sa, header, datagram, path, out _) is not { } result) return true;
        if (result.Message is not { } message || Read(message) is not var (nonce, send, receive))
        {
            Drop(DropReason.UnexpectedResponse, "synchronization");
            return true;
        }

        Tell(new MessageReceived(message.Summary, datagram.Length, path, Repeated: false));
        // RFC 6311 §5.1: the nonce is ours, and neither counter goes back; beyond the end of the ids nobody can be.
        if (!CryptographicOperations.FixedTimeEquals(nonce, ours.Nonce) || receive < ours.Send || send < ours.Receive || Math.Max(send, receive) >= _context.MessageIdLimit)
        {
            Drop(DropReason.UnexpectedResponse, "synchronization");
            return true;
        }

        EndSynchronization();
        _lastHeard = _now;
        FollowPeer(sa, path);
        sa.NextOutboundId = receive;
        if (send != sa.NextInboundId) sa.LastResponse = null;
        sa.NextInboundId = send;
        MustBeWritten();
        Resumed();
        return true;
    }

    private void EndSynchronization()
    {
        if (_synchronization is null) return;
        _synchronization = null;
        Cancel(TimerKind.Synchronization);
    }

    /// <summary>
    /// As the peer: a request with message id zero that says where its sender's requests begin from now on. False: it is an ordinary one. A first request of
    /// the other side may have that id too, so what is opened here is a copy.
    /// </summary>
    private bool TakesSynchronization(IkeSa sa, in IkeHeader header, Memory<byte> datagram, IkePath path)
    {
        if (header.MessageId != 0 || header.Exchange != ExchangeType.Informational || !_peerSynchronizes || sa != _sa) return false;
        if (State is not (IkeSaState.Established or IkeSaState.Deleting) || MessageCodec.IsFragment(datagram.Span)) return false;
        byte[] digest = SHA256.HashData(datagram.Span);
        if (sa.LastSynchronization is { } last && digest.AsSpan().SequenceEqual(last.Digest))
        {
            Send(last.Response, "response to a repeated synchronization", path, repeated: true);
            return true;
        }

        if (MessageCodec.ParseProtected(datagram.ToArray(), sa.Inbound!) is not { Message: { } message } || message.Notify(NotifyType.Ikev2MessageIdSync) is null) return false;
        Tell(new MessageReceived(message.Summary, datagram.Length, path, Repeated: false));
        if (Read(message) is not var (nonce, send, receive) || !MaySynchronize(sa, send, receive))
        {
            // RFC 6311 §5.1: an old one played again, or one out of all bounds, gets no answer.
            Drop(DropReason.OutOfWindow, "synchronization");
            return true;
        }

        AnswerSynchronization(sa, header, digest, path, nonce, send, receive);
        return true;
    }

    /// <summary>RFC 6311 §5.1: M1 is higher than all that has been seen of the other side, earlier synchronizations among that.</summary>
    private bool MaySynchronize(IkeSa sa, uint send, uint receive) =>
        sa.Answering is null && send >= sa.NextInboundId && (sa.SynchronizedAt is not { } before || send > before) && Math.Max(send, receive) < _context.MessageIdLimit;

    private void AnswerSynchronization(IkeSa sa, in IkeHeader header, byte[] digest, IkePath path, byte[] nonce, uint send, uint receive)
    {
        Say(LogTag.Ike, Severity.Info, "the peer's side of the IKE_SA was taken over: message ids are agreed upon anew");
        _lastHeard = _now;
        FollowPeer(sa, path);
        if (send != sa.NextInboundId) sa.LastResponse = null;
        (sa.NextInboundId, sa.SynchronizedAt) = (send, send);
        // What the other side has no trace of is asked again, with a new id; what it has answered is awaited on.
        Request? again = sa.Outstanding is { } outstanding && outstanding.MessageId >= receive ? outstanding.Request : null;
        sa.NextOutboundId = Math.Max(receive, sa.NextOutboundId);
        List<Payload> payloads = [Write(nonce, sa.NextOutboundId, sa.NextInboundId)];
        IkeHeader answer = sa.HeaderFor(ExchangeType.Informational, isResponse: true, 0);
        IReadOnlyList<byte[]> datagrams = Protect(sa, answer, payloads, path);
        sa.LastSynchronization = (digest, datagrams);
        WriteAhead(changesState: true);
        Send(datagrams, SummaryOf(answer, payloads), path, repeated: false);
        if (again is null) return;
        Settle(sa);
        EnqueueFirst(again);
    }

    // RFC 6311 §8.2 IKEV2_MESSAGE_ID_SYNC: nonce, EXPECTED_SEND_REQ_MESSAGE_ID, EXPECTED_RECV_REQ_MESSAGE_ID, four octets each.
    private static NotifyPayload Write(byte[] nonce, uint send, uint receive)
    {
        byte[] data = new byte[SynchronizationLength];
        nonce.CopyTo(data, 0);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(4), send);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(8), receive);
        return new NotifyPayload(NotifyType.Ikev2MessageIdSync, data);
    }

    private static (byte[] Nonce, uint Send, uint Receive)? Read(IkeMessage message)
    {
        if (message.Notify(NotifyType.Ikev2MessageIdSync) is not { Data.Length: SynchronizationLength } notify) return null;
        ReadOnlySpan<byte> data = notify.Data.Span;
        return (data[..4].ToArray(), BinaryPrimitives.ReadUInt32BigEndian(data[4..]), BinaryPrimitives.ReadUInt32BigEndian(data[8..]));
    }

    /// <summary>Ours, on its way.</summary>
    private sealed class Synchronization(byte[] nonce, uint send, uint receive, IReadOnlyList<byte[]> datagrams, string summary)
    {
        public byte[] Nonce { get; } = nonce;

        public uint Send { get; } = send;

        public uint Receive { get; } = receive;

        public IReadOnlyList<byte[]> Datagrams { get; } = datagrams;

        public string Summary { get; } = summary;

        public int Sent { get; set; } = 1;
    }
}
