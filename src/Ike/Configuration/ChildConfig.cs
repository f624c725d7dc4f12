using Concentrator.Ike.Proposals;

namespace Concentrator.Ike.Configuration;

/// <summary>One child of a connection: what traffic it carries and with which algorithms.</summary>
public sealed record ChildConfig
{
    public required string Name { get; init; }

    /// <summary>ESP proposals, numbered from 1, in order of preference; SPIs empty. A KE transform asks for a key exchange of its own.</summary>
    public required IReadOnlyList<Proposal> Proposals { get; init; }

    /// <summary>What this side protects; empty is <c>dynamic</c>: the address of the IKE_SA itself.</summary>
    public IReadOnlyList<SelectorConfig> LocalSelectors { get; init; } = [SelectorConfig.Dynamic];

    public IReadOnlyList<SelectorConfig> RemoteSelectors { get; init; } = [SelectorConfig.Dynamic];

    public ChildMode Mode { get; init; } = ChildMode.Tunnel;

    public ChildAction StartAction { get; init; } = ChildAction.None;

    /// <summary>What becomes of the child when the peer is found dead (swanctl.conf <c>dpd_action</c>).</summary>
    public ChildAction DpdAction { get; init; } = ChildAction.None;

    /// <summary>What becomes of the child when the peer closes it (swanctl.conf <c>close_action</c>).</summary>
    public ChildAction CloseAction { get; init; } = ChildAction.None;

    /// <summary>When it is rekeyed, and when it ends if that fails.</summary>
    public ChildLifetime Lifetime { get; init; } = new();

    /// <summary>XFRM reqid; 0: one is assigned.</summary>
    public uint ReqId { get; init; }

    /// <summary>The program, with its arguments, that is run when the child comes up and when it has gone down; null: none is (swanctl.conf <c>updown</c>).</summary>
    public string? Updown { get; init; }

    /// <summary>Anti-replay window in packets (swanctl.conf <c>replay_window</c>).</summary>
    public int ReplayWindow { get; init; } = 32;

    /// <summary>There are cases in which traffic is to bring it up.</summary>
    public bool MayBeTrap => (StartAction | DpdAction | CloseAction).HasFlag(ChildAction.Trap);

    public bool IsSameAs(ChildConfig other) =>
        WithoutLists == other.WithoutLists
        && Sameness.AreSame(Proposals, other.Proposals)
        && LocalSelectors.SequenceEqual(other.LocalSelectors)
        && RemoteSelectors.SequenceEqual(other.RemoteSelectors);

    private ChildConfig WithoutLists => this with { Proposals = [], LocalSelectors = [], RemoteSelectors = [] };
}
