namespace Concentrator.Kernel;

/// <summary>Where inbound SPIs come from.</summary>
public enum SpiAllocation
{
    /// <summary>Random, from the node's own range: fast with any number of SAs.</summary>
    Node,

    /// <summary>XFRM_MSG_ALLOCSPI and XFRM_MSG_UPDSA: for hosts that another IKE daemon shares.</summary>
    Kernel,
}

public sealed record XfrmTablesOptions
{
    public SpiAllocation SpiAllocation { get; init; } = SpiAllocation.Node;

    public uint LowestSpi { get; init; } = 0xc0000000;

    public uint HighestSpi { get; init; } = 0xcfffffff;

    /// <summary>How long a reserved SPI may wait for its SA: longer than an exchange with all its retransmissions.</summary>
    public TimeSpan ReservationLifetime { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>Is added to as comparisons with the kernel see it.</summary>
    public EspTotals Totals { get; init; } = new();

    /// <summary>Null: the system's generator.</summary>
    public Func<uint>? Draw { get; init; }
}

/// <summary>An SPI, or why not.</summary>
public sealed record SpiResult(uint Spi, Refusal? Refusal);

/// <summary>Null: everything is in the kernel. Else nothing is, the SPI included.</summary>
public sealed record InstallResult(Refusal? Refusal)
{
    public bool Succeeded => Refusal is null;
}

/// <summary>How much of ours there is; for leak checks and dashboards.</summary>
public sealed record TableCounts(int Reservations, int Sas, int Policies, int Quarantined);

/// <summary>
/// What this node has in the kernel, and whose it is: SPIs, SAs and policies, each child's installed whole or not at all, on any backend.
/// After a refusal the kernel is as it was before. Owned by the KernelActor and used on its thread alone; does not own the backend.
/// </summary>
/// <remarks>Parts, one file each: Spis, Install, Rekey, Undo, Remove, Restore, Traps, Traffic, Reconcile.</remarks>
public sealed partial class XfrmTables(IXfrmBackend backend, XfrmTablesOptions options)
{
    private readonly SpiTable _spis = new(options.Draw);
    private readonly PolicyTable _policies = new();
    private readonly InstalledTable _installed = new();

    public TableCounts Counts => new(_spis.Reserved, _installed.SaCount, _policies.Count, _resistingSas.Count + _resistingPolicies.Count);

    /// <summary>Who owns the SA with this inbound or outbound SPI and destination; null when it is none of ours.</summary>
    public string? OwnerOf(SaId id) => _installed.Find(id)?.Owner;
}
