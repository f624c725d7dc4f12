using Concentrator.Ike.Session;

namespace Concentrator.Actors.Routing;

internal enum GateAction
{
    /// <summary>Throw it away; <see cref="GateVerdict.Reason"/> counts.</summary>
    Drop,

    /// <summary>Throw it away and send what the gate wrote; <see cref="GateVerdict.Reason"/> counts as well.</summary>
    Answer,

    /// <summary>It is for the IKE SA <see cref="GateVerdict.Session"/>, which lives.</summary>
    Deliver,

    /// <summary>It begins the IKE SA <see cref="GateVerdict.Session"/>, which does not live yet.</summary>
    Begin,
}

/// <summary>What the gate says about one datagram.</summary>
internal readonly record struct GateVerdict(GateAction Action, DropReason Reason, SessionId Session, int AnswerLength)
{
    public static GateVerdict Drop(DropReason reason) => new(GateAction.Drop, reason, default, 0);

    public static GateVerdict Answer(DropReason reason, int length) => new(GateAction.Answer, reason, default, length);

    public static GateVerdict Deliver(SessionId session) => new(GateAction.Deliver, default, session, 0);

    public static GateVerdict Begin(SessionId session) => new(GateAction.Begin, default, session, 0);
}
