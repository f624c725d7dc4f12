using System.Globalization;
using Akka.Actor;
using Akka.Cluster;

namespace Concentrator.Actors.Clustering.Addresses;

/// <summary>Names one life of one node: <c>192.0.2.1:4700#1234</c>.</summary>
internal static class NodeKey
{
    public static string Of(UniqueAddress node) => string.Create(CultureInfo.InvariantCulture, $"{TextOf(node.Address)}#{node.Uid}");

    public static string TextOf(Address address) => string.Create(CultureInfo.InvariantCulture, $"{address.Host}:{address.Port}");

    /// <summary>Whether the key is of a life of the node at this address.</summary>
    public static bool IsAt(string key, Address address) => key.AsSpan(0, key.LastIndexOf('#')).SequenceEqual(TextOf(address));
}
