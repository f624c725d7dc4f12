using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session.State;

namespace Concentrator.Ike.Session;

/// <summary>What a CHILD_SA actor is started with.</summary>
/// <param name="ChildId">Unique within the IKE SA's lineage.</param>
/// <param name="Config">The child's configuration.</param>
/// <param name="IsInitiator">We sent, or will send, the request that creates this child.</param>
/// <param name="Exchange">IKE_AUTH or CREATE_CHILD_SA.</param>
/// <param name="RekeyOf">The child that this one replaces, if any.</param>
public sealed record ChildPlan(uint ChildId, ChildConfig Config, bool IsInitiator, ExchangeType Exchange, uint? RekeyOf)
{
    /// <summary>The child comes back with a session that was taken over; null: it is new.</summary>
    public RestoredChild? Restored { get; init; }
}
