using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Tests.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Conformance;

/// <summary>A responder that wants a cookie and another group, in either order (RFC 7296 §2.6.1).</summary>
public sealed class CookieAndGroupTests
{
    [Fact]
    public void A_cookie_goes_along_into_the_retry_for_another_group()
    {
        Pair pair = Start();
        pair.Initiator.Outbox.Clear();
        Demand(pair, 1);
        pair.Drive();
        List<IkeMessage> requests = Requests(pair);
        Assert.Equal(2, requests.Count);
        Assert.All(requests, r => Assert.Equal(new byte[] { 1 }, CookieOf(r)));
        Assert.Equal([KeyExchangeMethod.Ecp384, KeyExchangeMethod.Curve25519], requests.Select(r => r.Find<KePayload>()!.Method));
        // The responder verified AUTH over the last request.
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
    }

    [Fact]
    public void Another_cookie_after_another_group_is_followed()
    {
        // I → R  first request, N(INVALID_KE_PAYLOAD) back; the second request meets a demand for a cookie.
        Pair pair = Start();
        bool demanded = false;
        Func<Packet, bool, Packet?> network = pair.Network;
        pair.Network = (packet, toResponder) =>
        {
            if (!toResponder || demanded || packet.Octets[18] != (byte)ExchangeType.IkeSaInit || KeOf(packet) != KeyExchangeMethod.Curve25519)
                return network(packet, toResponder);
            demanded = true;
            Demand(pair, 2);
            return null;
        };
        pair.Drive();
        Assert.True(demanded);
        Assert.Equal(new byte[] { 2 }, CookieOf(Requests(pair)[^1]));
        Assert.Equal(KeyExchangeMethod.Curve25519, Requests(pair)[^1].Find<KePayload>()!.Method);
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        Assert.Single(pair.Responder.Kernel.Installed);
    }

    private static Pair Start()
    {
        Pair pair = new Pair(o => o.InitiatorProposals = ["aes128gcm16-prfsha256-ecp384-x25519"]).WithRestartingResponder();
        pair.Start();
        return pair;
    }

    private static void Demand(Pair pair, byte cookie) => pair.Inject(pair.Initiator, MessageCodec.WriteClear(
        new IkeHeader(Pair.InitiatorSpi, 0, PayloadType.None, IkeHeader.Version2, ExchangeType.IkeSaInit, IkeFlags.Response, 0, 0),
        [new NotifyPayload(NotifyType.Cookie, new[] { cookie })]));

    private static List<IkeMessage> Requests(Pair pair) => [.. pair.Wire
        .Where(p => p.Octets[18] == (byte)ExchangeType.IkeSaInit && (p.Octets[19] & (byte)IkeFlags.Response) == 0)
        .Select(p => MessageCodec.ParseClear(p.Octets).Message!)];

    private static KeyExchangeMethod KeOf(Packet packet) => MessageCodec.ParseClear(packet.Octets).Message!.Find<KePayload>()!.Method;

    private static byte[] CookieOf(IkeMessage request)
    {
        NotifyPayload first = Assert.IsType<NotifyPayload>(request.Payloads[0]);
        Assert.Equal(NotifyType.Cookie, first.NotifyType);
        return first.Data.ToArray();
    }
}
