namespace Concentrator.Ike.Session;

/// <summary>
/// When an unanswered request is sent again (RFC 7296 §2.4): after <see cref="Timeout"/>, then after that times <see cref="Base"/>, and
/// so on for <see cref="Tries"/> repetitions; after one more wait the peer is dead. The defaults are strongSwan's: 165 s in all.
/// </summary>
public sealed record RetransmitPolicy(TimeSpan Timeout, double Base, int Tries)
{
    public static RetransmitPolicy Default { get; } = new(TimeSpan.FromSeconds(4), 1.8, 5);

    /// <summary>The wait after the request was sent for the <paramref name="sent"/>-th time (1: the first time); null when it is given up.</summary>
    public TimeSpan? WaitAfter(int sent) => sent > Tries + 1 ? null : Timeout * Math.Pow(Base, sent - 1);
}
