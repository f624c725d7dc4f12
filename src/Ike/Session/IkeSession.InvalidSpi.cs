using System.Buffers.Binary;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>INVALID_SPI inside the IKE SA (RFC 7296 §1.5): ESP that has no SA at its receiver, told and heard.</summary>
public sealed partial class IkeSession
{
    /// <summary>One at a time, and nothing about what lives: it crossed with its installation or its end.</summary>
    private void TellStrayPacket(uint spi)
    {
        if (State != IkeSaState.Established || _children.Values.Any(c => c.InboundSpi == spi)) return;
        if (_sa.Outstanding?.Request is InvalidSpiRequest || _queue.Any(r => r is InvalidSpiRequest)) return;
        Enqueue(new InvalidSpiRequest(spi));
    }

    /// <summary>
    /// The peer says that it has no SA for what we send. It is authenticated, but it may have spoken too early: so the child is rekeyed. A peer that does not
    /// know it answers CHILD_SA_NOT_FOUND, which builds a new one (§2.25); one that does loses nothing. A child that is new is left alone.
    /// </summary>
    private void HeedInvalidSpi(NotifyPayload notify)
    {
        if (notify.Data.Length != sizeof(uint)) return;
        uint spi = BinaryPrimitives.ReadUInt32BigEndian(notify.Data.Span);
        if (ChildOfPeerSpi(spi) is not { Phase: ChildPhase.Installed, IsSuperseded: false, UnconfirmedOn: null } child) return;
        if (_now - child.InstalledAt >= _context.SteadyAfter) RequestChildRekey(child.Plan.ChildId);
    }
}
