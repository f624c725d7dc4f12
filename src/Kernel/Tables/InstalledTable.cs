using System.Diagnostics.CodeAnalysis;

namespace Concentrator.Kernel;

/// <summary>What an owner has in the kernel. Without <see cref="Outbound"/> it only receives.</summary>
internal sealed record Installed(string Owner, SaId Inbound, SaId? Outbound, IReadOnlyList<PolicyKey> Policies)
{
    /// <summary>The limits of either SA.</summary>
    public SaLifetime Lifetime { get; init; } = new();
}

/// <summary>One SA of an owner's, and what was noticed about it.</summary>
internal sealed class InstalledSa(Installed installed, SaId id)
{
    public string Owner { get; } = installed.Owner;

    public SaLifetime Lifetime { get; } = installed.Lifetime;

    /// <summary>The last reconciliation that found it in the kernel.</summary>
    public int SeenIn { get; set; }

    public bool IsOutbound { get; } = installed.Outbound == id;

    /// <summary>What the last look found that it had carried.</summary>
    public (ulong Bytes, ulong Packets) Carried { get; set; }

    /// <summary>Its owner knows that a soft limit was reached.</summary>
    public bool IsExpiryTold { get; set; }

    public bool HasReachedSoftLimit(SaInfo told) =>
        (Lifetime.SoftBytes != 0 && told.Bytes >= Lifetime.SoftBytes) || (Lifetime.SoftPackets != 0 && told.Packets >= Lifetime.SoftPackets);
}

/// <summary>What is installed, by owner and by SA. Bookkeeping only. Not thread-safe.</summary>
internal sealed class InstalledTable
{
    private readonly Dictionary<string, Installed> _byOwner = [];
    private readonly Dictionary<SaId, InstalledSa> _bySa = [];

    public int SaCount => _bySa.Count;

    public IReadOnlyCollection<string> Owners => _byOwner.Keys;

    public IEnumerable<KeyValuePair<SaId, InstalledSa>> Sas => _bySa;

    public Installed this[string owner]
    {
        set
        {
            _byOwner.TryGetValue(owner, out Installed? before);
            _byOwner[owner] = value;
            foreach (SaId id in SasOf(before).Except(SasOf(value))) _bySa.Remove(id);
            foreach (SaId id in SasOf(value).Except(SasOf(before))) _bySa[id] = new InstalledSa(value, id);
        }
    }

    public bool TryGetValue(string owner, [NotNullWhen(true)] out Installed? installed) => _byOwner.TryGetValue(owner, out installed);

    public bool Remove(string owner, [NotNullWhen(true)] out Installed? installed)
    {
        if (!_byOwner.Remove(owner, out installed)) return false;
        foreach (SaId id in SasOf(installed)) _bySa.Remove(id);
        return true;
    }

    public InstalledSa? Find(SaId id) => _bySa.GetValueOrDefault(id);

    private static IEnumerable<SaId> SasOf(Installed? installed)
    {
        if (installed is null) yield break;
        yield return installed.Inbound;
        if (installed.Outbound is { } outbound) yield return outbound;
    }
}
