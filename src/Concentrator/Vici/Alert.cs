using Concentrator.Actors.Node;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;

namespace Concentrator.Vici;

/// <summary>What an operator should look at, as an <c>alert</c> event: a word that programs know it by, a sentence, and the IKE SA that it is about, if any.</summary>
internal sealed record Alert(string Type, string Text, IkeSaName? IkeSa)
{
    /// <summary>Null: it is no reason to look.</summary>
    public static Alert? Of(NodeEvent happened) => happened switch
    {
        IkeSaEnded { Reason: EndReason.AuthenticationFailed } ended => new Alert("authentication-failed", "authentication failed", ended.IkeSa),
        IkeSaEnded { Reason: EndReason.PeerUnreachable } ended => new Alert("peer-unreachable", "the peer does not answer", ended.IkeSa),
        IkeSaEnded { Reason: EndReason.NoProposalChosen } ended => new Alert("no-proposal-chosen", "no proposal is acceptable to both", ended.IkeSa),
        IkeSaEnded { Reason: EndReason.Failed } ended => new Alert("internal-error", "the IKE_SA failed, the log says why", ended.IkeSa),
        IkeSaHappened { Event: ChildFailed failed } of =>
            new Alert("child-refused", $"CHILD_SA {failed.Name} refused by {(failed.ByPeer ? "the peer" : "us")}: {failed.Notify?.RfcName() ?? "no SA"}", of.IkeSa),
        KernelRefused refused => new Alert("kernel-refused", $"{refused.Step}: {refused.ErrnoName} {refused.ExtAck} {refused.Hint}".TrimEnd(), null),
        _ => null,
    };

    public void Write(ViciWriter writer)
    {
        writer.Put("type", Type).Put("msg", Text);
        if (IkeSa is { } ikeSa) writer.Put("ikesa-name", ikeSa.Name).Put("ikesa-uniqueid", ikeSa.Number);
    }
}
