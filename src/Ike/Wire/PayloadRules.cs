using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Wire;

/// <summary>How often a payload may stand in a message.</summary>
internal sealed record PayloadRule(PayloadType Type, int Min, int Max);

/// <summary>What each message must and may hold (RFC 7296 §1.2, §1.3, §1.4, appendix C), as data. What no rule names may stand there any number of times.</summary>
public static class PayloadRules
{
    private const int Any = int.MaxValue;

    private static readonly PayloadRule[] InitRules =
    [
        new(PayloadType.SecurityAssociation, 1, 1),
        new(PayloadType.KeyExchange, 1, 1),
        new(PayloadType.Nonce, 1, 1),
    ];

    private static readonly PayloadRule[] AuthRequest =
    [
        new(PayloadType.IdentificationInitiator, 1, 1),
        new(PayloadType.IdentificationResponder, 0, 1),
        new(PayloadType.Authentication, 0, 1),
        new(PayloadType.SecurityAssociation, 0, 1),
        new(PayloadType.TrafficSelectorInitiator, 0, 1),
        new(PayloadType.TrafficSelectorResponder, 0, 1),
        new(PayloadType.Configuration, 0, 1),
        new(PayloadType.KeyExchange, 0, 0),
    ];

    private static readonly PayloadRule[] AuthResponse =
    [
        new(PayloadType.IdentificationResponder, 0, 1),
        new(PayloadType.Authentication, 0, 1),
        new(PayloadType.SecurityAssociation, 0, 1),
        new(PayloadType.TrafficSelectorInitiator, 0, 1),
        new(PayloadType.TrafficSelectorResponder, 0, 1),
        new(PayloadType.Configuration, 0, 1),
        new(PayloadType.KeyExchange, 0, 0),
    ];

    private static readonly PayloadRule[] CreateChild =
    [
        new(PayloadType.SecurityAssociation, 1, 1),
        new(PayloadType.Nonce, 1, 1),
        new(PayloadType.KeyExchange, 0, 1),
        new(PayloadType.TrafficSelectorInitiator, 0, 1),
        new(PayloadType.TrafficSelectorResponder, 0, 1),
    ];

    private static readonly PayloadRule[] Informational =
    [
        new(PayloadType.SecurityAssociation, 0, 0),
        new(PayloadType.KeyExchange, 0, 0),
        new(PayloadType.Notify, 0, Any),
        new(PayloadType.Delete, 0, Any),
    ];

    /// <summary>
    /// True when the message is shaped as its exchange wants. A response that carries an error notify may lack what a good one must have
    /// (RFC 7296 §2.21); a child is offered whole or not at all.
    /// </summary>
    public static bool Check(ExchangeType exchange, bool isResponse, IkeMessage message)
    {
        bool excused = isResponse && (message.FirstErrorNotify is not null || message.Notify(NotifyType.Cookie) is not null || IsInitRedirect(exchange, message));
        foreach (PayloadRule rule in RulesFor(exchange, isResponse))
        {
            int count = message.Payloads.Count(p => p.Type == rule.Type);
            if (count > rule.Max || (count < rule.Min && !excused)) return false;
        }

        return exchange switch
        {
            ExchangeType.IkeAuth => excused || IsWholeChild(message),
            ExchangeType.CreateChildSa => excused || IsIkeRekey(message) || IsWholeChild(message),
            _ => true,
        };
    }

    /// <summary>RFC 5685 §3: it is all there is in the answer.</summary>
    private static bool IsInitRedirect(ExchangeType exchange, IkeMessage message) =>
        exchange == ExchangeType.IkeSaInit && message.Notify(NotifyType.Redirect) is not null;

    private static PayloadRule[] RulesFor(ExchangeType exchange, bool isResponse) => exchange switch
    {
        ExchangeType.IkeSaInit => InitRules,
        ExchangeType.IkeAuth => isResponse ? AuthResponse : AuthRequest,
        ExchangeType.CreateChildSa => CreateChild,
        ExchangeType.Informational => Informational,
        _ => [],
    };

    private static bool IsWholeChild(IkeMessage message)
    {
        bool sa = message.Find<SaPayload>() is not null;
        bool tsi = message.Find<TsPayload>(PayloadType.TrafficSelectorInitiator) is not null;
        bool tsr = message.Find<TsPayload>(PayloadType.TrafficSelectorResponder) is not null;
        return sa == tsi && sa == tsr;
    }

    private static bool IsIkeRekey(IkeMessage message) =>
        message.Find<SaPayload>() is { } sa && sa.Proposals.All(p => p.Protocol == ProtocolId.Ike) && message.Find<KePayload>() is not null;
}
