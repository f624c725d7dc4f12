using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Serialization;
using Concentrator.Actors.Node;
using Concentrator.Ike.Session;
using Google.Protobuf;

namespace Concentrator.Actors.Messages;

/// <summary>
/// Everything of ours that crosses between nodes, as protobuf under short manifests. What a newer node sends and this one does not know becomes an
/// <see cref="UnknownMessage"/>: it is logged once a kind and counted, and the node stays in the cluster. Thread-safe.
/// </summary>
internal sealed class ClusterSerializer : SerializerWithStringManifest
{
    /// <summary>Akka's name for us between nodes: never changed.</summary>
    private const int SerializerId = 7296;

    private readonly NodeContext _node;
    private readonly Dictionary<string, MessageKind> _byManifest;
    private readonly ConcurrentDictionary<Type, MessageKind> _byType = new();
    private readonly ConcurrentDictionary<string, bool> _unknown = new();

    public ClusterSerializer(ExtendedActorSystem system, NodeContext node)
        : base(system)
    {
        _node = node;
        Kinds = new MessageKinds(system, node).All;
        _byManifest = Kinds.ToDictionary(kind => kind.Manifest);
    }

    /// <summary>Akka gives us these and what they are the base of. The core knows nothing of nodes, so its messages are named here.</summary>
    public static IEnumerable<Type> BoundTo { get; } = [typeof(INodeMessage), typeof(TrafficCounted)];

    public override int Identifier => SerializerId;

    public IReadOnlyList<MessageKind> Kinds { get; }

    public override string Manifest(object o) => KindOf(o).Manifest;

    public override byte[] ToBinary(object obj) => KindOf(obj).Write(obj);

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!_byManifest.TryGetValue(manifest, out MessageKind? kind)) return NoteUnknown(manifest, "no such kind");
        try
        {
            return kind.Read(bytes) ?? NoteUnknown(manifest, "a meaning that is not known here");
        }
        catch (Exception malformed) when (malformed is InvalidProtocolBufferException or FormatException or ArgumentException)
        {
            return NoteUnknown(manifest, malformed.Message);
        }
    }

    private MessageKind KindOf(object message) => _byType.GetOrAdd(
        message.GetType(),
        type => Kinds.FirstOrDefault(kind => kind.Type.IsAssignableFrom(type)) ?? throw new ArgumentException($"{type.Name} is not for other nodes."));

    private UnknownMessage NoteUnknown(string manifest, string why)
    {
        _node.Placement.CountUnknownMessage();
        if (_unknown.Count < 100 && _unknown.TryAdd(manifest, true)) _node.Log.Clu.UnknownMessage(Printable.Text(manifest), Printable.Text(why));
        return new UnknownMessage(manifest);
    }
}
