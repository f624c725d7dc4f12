using System.Net;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;
using Concentrator.Kernel;
using Concentrator.Ladders;

namespace Concentrator.Demo;

/// <summary>Somebody on the path who has seen the IKE_SA_INIT request, and answers before the true responder can.</summary>
internal static class Forger
{
    public static void SendError(Stage stage, NotifyType type)
    {
        var header = new IkeHeader(
            stage.Moon.IkeSas[0].LocalSpi, 0, PayloadType.None, IkeHeader.Version2, ExchangeType.IkeSaInit, IkeFlags.Response, 0, 0);
        Payload[] payloads = [new NotifyPayload(type)];
        byte[] message = MessageCodec.WriteClear(header, payloads);
        stage.Transcript.Add(new MessageStep(Side.Right, new IkeMessage(header, payloads).Summary, message.Length, "forged"));
        using UdpSocket socket = UdpSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0), new UdpSocketOptions());
        socket.Send(message, default, UdpEndpoint.From(stage.Moon.Endpoints[0]));
    }
}
