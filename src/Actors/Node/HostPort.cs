using System.Net;

namespace Concentrator.Actors.Node;

/// <summary>Writes an endpoint as IKE daemons do: <c>192.0.2.1[500]</c>.</summary>
internal readonly record struct HostPort(IPEndPoint Endpoint)
{
    public override string ToString() => $"{Endpoint.Address}[{Endpoint.Port}]";
}
