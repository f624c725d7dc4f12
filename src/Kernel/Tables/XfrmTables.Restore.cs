using System.Net;

namespace Concentrator.Kernel;

/// <summary>
/// Children that come back: their node was killed, or another one. Where the kernel still has their SAs, with our seal, they are taken over as they are, without a
/// packet's loss; else they are added with the progress that their specs tell.
/// </summary>
public sealed partial class XfrmTables
{
    /// <summary>The reqid of the SAs that the kernel has under one of these names, ours and in no book of ours; null without one.</summary>
    public uint? FindReqId(IReadOnlyList<SaId> sas)
    {
        foreach (SaInfo? told in Ask(sas))
        {
            if (told is not null && IsToBeTakenOver(told)) return told.ReqId;
        }

        return null;
    }

    /// <summary>As <see cref="Install"/>.</summary>
    /// <param name="spec">Both SAs with their progress, and the traffic.</param>
    /// <param name="holdOutbound">As to <see cref="Install"/>.</param>
    /// <param name="isRetired">It only receives.</param>
    public InstallResult Restore(ChildSaSpec spec, bool holdOutbound, bool isRetired)
    {
        SaInfo?[] there = Ask(isRetired ? [spec.Inbound.Id] : [spec.Inbound.Id, spec.Outbound.Id]);
        if (!there.All(sa => sa is not null && IsToBeTakenOver(sa) && sa.ReqId == spec.Inbound.ReqId))
        {
            InstallResult result = Install(spec, holdOutbound);
            if (result.Succeeded && isRetired) RetireOutbound(spec.Owner);
            return result;
        }

        spec.Inbound.Algorithms.ZeroKeys();
        spec.Outbound.Algorithms.ZeroKeys();
        _spis.Take(spec.Inbound.Spi);
        _spis.Occupy(spec.Inbound.Spi);
        if (InstallPolicies(spec, holdOutbound) is { } refusal) return new InstallResult(refusal);
        Enter(spec);
        if (isRetired) RetireOutbound(spec.Owner);
        return new InstallResult(null);
    }

    /// <summary>An SPI that the peer has been told, and that has no SA yet, waits for it once more. False: something else here has it.</summary>
    public bool ReserveAgain(string owner, uint spi, IPAddress destination, TimeSpan now) =>
        _spis.TryReserve(new SpiReservation(spi, owner, destination, now + options.ReservationLifetime, Larval: false));

    private SaInfo?[] Ask(IReadOnlyList<SaId> sas) => [.. sas.Select(id => ExecuteTwice(new GetSa(id)).Sa)];

    private bool IsToBeTakenOver(SaInfo told) => told is { IsOurs: true, IsLarval: false } && _installed.Find(told.Id) is null;
}
