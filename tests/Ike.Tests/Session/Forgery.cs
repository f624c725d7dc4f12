using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Session;

/// <summary>Messages that anybody on the path could send.</summary>
internal static class Forgery
{
    public static byte[] InitError(ulong initiatorSpi, NotifyType type) =>
        UnprotectedError(initiatorSpi, 0, ExchangeType.IkeSaInit, 0, type);

    public static byte[] UnprotectedError(ulong spiI, ulong spiR, ExchangeType exchange, uint id, NotifyType type) =>
        MessageCodec.WriteClear(
            new IkeHeader(spiI, spiR, PayloadType.None, IkeHeader.Version2, exchange, IkeFlags.Response, id, 0), [new NotifyPayload(type)]);
}
