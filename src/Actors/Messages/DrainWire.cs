using Concentrator.Actors.Draining;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Wire;
using Google.Protobuf;

namespace Concentrator.Actors.Messages;

/// <summary>Draining a node from another, and preparing one for what is about to come.</summary>
internal static class DrainWire
{
    public static Wire.PrepareAsk Write(PrepareSessions prepare) => new() { Sessions = { prepare.Sessions.Select(session => session.Value) } };

    public static PrepareSessions Read(Wire.PrepareAsk wire) => new([.. wire.Sessions.Select(session => new SessionId(session))]);

    public static Wire.PrepareAnswer Write(SessionsPrepared prepared) => new() { Sessions = (uint)prepared.Sessions, Refused = (uint)prepared.Refused, Problem = prepared.Problem };

    public static SessionsPrepared Read(Wire.PrepareAnswer wire) => new((int)wire.Sessions, (int)wire.Refused, wire.Problem);

    public static Wire.DrainAsk Write(DrainNode drain) => new()
    {
        Undo = drain.Wish.Undo,
        Force = drain.Wish.Force,
        Patience = (ulong)drain.Wish.Patience.TotalMilliseconds,
        RedirectTo = drain.Wish.RedirectTo is { } gateway ? Write(gateway) : ByteString.Empty,
    };

    /// <exception cref="ArgumentException">A gateway that is none: to stay is not what was asked for.</exception>
    public static DrainNode Read(Wire.DrainAsk wire) => new(new DrainWish
    {
        Undo = wire.Undo,
        Force = wire.Force,
        Patience = TimeSpan.FromMilliseconds(Math.Min(wire.Patience, int.MaxValue)),
        RedirectTo = wire.RedirectTo.IsEmpty ? null : ReadGateway(wire.RedirectTo),
    });

    public static Wire.DrainAnswer Write(NodeDrained drained) => new()
    {
        Done = drained.Outcome.IsDone,
        Text = drained.Outcome.Text,
        HandedOver = (uint)drained.Outcome.HandedOver,
        Left = (uint)drained.Outcome.Left,
    };

    public static NodeDrained Read(Wire.DrainAnswer wire) => new(new DrainOutcome(wire.Done, wire.Text, (int)wire.HandedOver, (int)wire.Left));

    public static ByteString Write(GatewayIdentity gateway) => ByteString.CopyFrom(gateway.Write(default));

    /// <exception cref="ArgumentException">It is none.</exception>
    public static GatewayIdentity ReadGateway(ByteString octets) => GatewayIdentity.Read(octets.Span, out _) ?? throw new ArgumentException("no gateway");
}
