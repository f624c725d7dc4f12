
namespace Concentrator.Kernel;

/// <summary>Taking out what an owner has. Always succeeds for the owner: what resists is quarantined and is the table's affair.</summary>
public sealed partial class XfrmTables
{
    /// <summary>Removes all that an owner has: SPIs, SAs, policies. Nothing is no error.</summary>
    public void Sweep(string owner)
    {
        foreach (SpiReservation reservation in _spis.Reservations.Where(r => r.Owner == owner).ToList()) ReleaseSpi(reservation.Spi);
        if (!_installed.Remove(owner, out Installed? installed)) return;
        // Policies first: no packet may find a policy whose SA is gone.
        foreach (PolicyKey key in installed.Policies)
        {
            if (_policies.Remove(owner, key)) SettlePolicy(key);
        }

        if (installed.Outbound is { } outbound) DeleteSaEntry(outbound);
        DeleteSaEntry(installed.Inbound);
        if (!_resistingSas.Contains(installed.Inbound)) _spis.Vacate(installed.Inbound.Spi);
    }

    /// <summary>Removes everything of ours and nothing else: the end of the node.</summary>
    public void SweepAll()
    {
        foreach (string owner in _installed.Owners.Concat(_spis.Reservations.Select(r => r.Owner)).Distinct().ToList()) Sweep(owner);
        foreach (string owner in _traps.Keys.ToList()) RemoveTrap(owner);
        RetryQuarantine();
    }
}
