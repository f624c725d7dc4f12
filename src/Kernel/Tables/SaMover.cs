namespace Concentrator.Kernel;

/// <summary>What came of moving one SA. <see cref="From"/>: where it was; null when it did not move. With a refusal it is there again, unless it is lost.</summary>
internal sealed record SaMove(SaPlace? From, Refusal? Refusal = null, bool IsLost = false);

/// <summary>
/// Moves one SA to other addresses or ports, with its SPI, keys, counters and window (RFC 4555 §3.5). Where the ports alone change it is changed in place.
/// Else it is read, deleted and added again; XFRM_MSG_MIGRATE would not do: it finds an SA by its reqid, of which there are several while a child is
/// rekeyed, cannot end UDP encapsulation, and lets the old outbound SA send on while its sequence number is copied. Keys that it reads it zeroes.
/// </summary>
internal sealed class SaMover(IXfrmBackend backend)
{
    /// <summary>
    /// Between the reading of an outbound SA and its end packets may still leave, on other processors: numbers left out, so that none is used twice.
    /// </summary>
    public const uint SequenceGap = 1 << 14;

    private const int Tries = 3;

    public SaMove Move(SaId id, XfrmDirection direction, SaPlace to)
    {
        XfrmRequest read = new ReadSa(id, direction);
        XfrmReply told = Persist(read);
        if (told.Spec is not { } sa) return Refused(read, told, isLost: told.Error == Errno.ESRCH);
        try
        {
            SaPlace origin = SaPlace.Of(sa);
            if (origin == to) return new SaMove(null);
            if (sa.Mode == XfrmMode.Transport && origin with { Encapsulation = to.Encapsulation } != to)
                return Refused(read, new XfrmReply(Errno.EINVAL, "a transport mode SA is for its addresses alone"), isLost: false);
            bool portsAlone = origin with { Encapsulation = null } == to with { Encapsulation = null } && origin.Encapsulation is not null && to.Encapsulation is not null;
            return portsAlone ? ChangePorts(sa, origin, to) : Replace(sa, origin, to);
        }
        finally
        {
            sa.Algorithms.ZeroKeys();
        }
    }

    /// <summary>Twice is as good as once, so a lost answer is asked for again.</summary>
    private SaMove ChangePorts(SaSpec sa, SaPlace origin, SaPlace to)
    {
        XfrmRequest update = new UpdateSa(to.Apply(sa));
        XfrmReply reply = Persist(update);
        if (reply.Error == Errno.ETIMEDOUT) reply = Persist(update);
        if (reply.Succeeded) return new SaMove(origin);
        bool isBack = reply.Error != Errno.ETIMEDOUT || Persist(new UpdateSa(sa)).Succeeded;
        return Refused(update, reply, isLost: reply.Error == Errno.ESRCH || !isBack);
    }

    private SaMove Replace(SaSpec sa, SaPlace origin, SaPlace to)
    {
        // Read and deleted in one call, so that as little as can be happens in between.
        XfrmReply[] replies = new XfrmReply[2];
        XfrmRequest delete = new DeleteSa(sa.Id);
        backend.Execute([new ReadSa(sa.Id, sa.Direction), delete], replies);
        replies[0].Spec?.Algorithms.ZeroKeys();
        if (!replies[1].Succeeded && !IsGone(replies[1], sa.Id)) return Refused(delete, replies[1], isLost: false);
        SaProgress progress = (replies[0].Spec ?? sa).Progress!;
        if (sa.Direction == XfrmDirection.Out) progress = progress with { Sent = SaProgress.LeaveOut(progress.Sent, SequenceGap, sa.ExtendedSequenceNumbers) };

        sa = sa with { Progress = progress };
        SaSpec moved = to.Apply(sa);
        XfrmReply added = Put(moved);
        if (added.Succeeded) return new SaMove(origin);
        if (added.Error == Errno.ETIMEDOUT) Persist(new DeleteSa(moved.Id));
        return Refused(new AddSa(moved), added, isLost: !Put(sa).Succeeded);
    }

    /// <summary>
    /// Adds an SA where there was one a moment ago. Traffic that met the policy in that moment has left a larval SA with its name (ACQUIRE): that one is
    /// filled.
    /// </summary>
    private XfrmReply Put(SaSpec sa)
    {
        XfrmReply reply = Persist(new AddSa(sa));
        if (reply.Error == Errno.EEXIST && backend.Execute(new GetSa(sa.Id)).Sa is { IsLarval: true }) reply = Persist(new UpdateSa(sa));
        return reply.Error == Errno.ETIMEDOUT && backend.Execute(new GetSa(sa.Id)).Sa is { IsLarval: false } ? default : reply;
    }

    private bool IsGone(XfrmReply reply, SaId id) => reply.Error == Errno.ESRCH || backend.Execute(new GetSa(id)).Error == Errno.ESRCH;

    /// <summary>A passing trouble is tried again; a lost answer is not, for it may have been carried out.</summary>
    private XfrmReply Persist(XfrmRequest request)
    {
        XfrmReply reply = backend.Execute(request);
        for (int tries = 1; tries < Tries && reply.Error is Errno.ENOMEM or Errno.ENOBUFS or Errno.EAGAIN or Errno.EBUSY or Errno.EINTR; tries++)
            reply = backend.Execute(request);
        return reply;
    }

    private static SaMove Refused(XfrmRequest request, XfrmReply reply, bool isLost) => new(null, Refusal.Of(request, reply), isLost);
}
