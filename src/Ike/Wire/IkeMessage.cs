using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Wire;

/// <summary>A parsed message: its header and the payloads that count, in their order. Immutable; owns its octets.</summary>
public sealed record IkeMessage(IkeHeader Header, IReadOnlyList<Payload> Payloads)
{
    public IEnumerable<NotifyPayload> Notifies => Payloads.OfType<NotifyPayload>();

    /// <summary>The first notify that is an error (RFC 7296 §3.10.1); null without one.</summary>
    public NotifyPayload? FirstErrorNotify => Notifies.FirstOrDefault(n => n.NotifyType.IsError());

    /// <summary>The first error whose type is not in the registry: it means that the request has failed entirely (RFC 7296 §3.10.1).</summary>
    public NotifyPayload? FirstUnknownError => Notifies.FirstOrDefault(n => n.NotifyType.IsError() && !Enum.IsDefined(n.NotifyType));

    /// <summary>One line as IPsec people read it: <c>IKE_AUTH response 1 [ IDr AUTH N(NO_PROP) ]</c>. Holds nothing of the peer's octets.</summary>
    public string Summary => MessageSummary.Of(this);

    public T? Find<T>()
        where T : Payload => Payloads.OfType<T>().FirstOrDefault();

    public T? Find<T>(PayloadType type)
        where T : Payload => Payloads.OfType<T>().FirstOrDefault(p => p.Type == type);

    public NotifyPayload? Notify(NotifyType type) => Notifies.FirstOrDefault(n => n.NotifyType == type);
}
