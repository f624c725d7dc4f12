using System.Reflection;
using Akka.Actor;
using Concentrator.Actors.Connections;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Messages;
using Concentrator.Actors.Node;
using Concentrator.Actors.Placement;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Session;
using CsCheck;
using Google.Protobuf;

namespace Concentrator.Actors.Tests.Messages;

/// <summary>What crosses arrives as it was; what this version does not know harms nobody.</summary>
public class ClusterSerializerTests : ActorFixture
{
    private const byte IsInst = 0x75;

    private readonly ClusterSerializer _serializer;

    public ClusterSerializerTests() => _serializer = new ClusterSerializer((ExtendedActorSystem)Sys, Node);

    [Fact]
    public void Every_message_arrives_as_it_was()
    {
        foreach ((string name, object message) in MessageSamples.All(Node))
        {
            string before = Describe(message);
            object arrived = _serializer.FromBinary(_serializer.ToBinary(message), _serializer.Manifest(message));
            Assert.True(before == Describe(arrived), $"{name}\n{before}\n{Describe(arrived)}");
        }
    }

    [Fact]
    public void Manifests_are_short_and_all_have_a_sample()
    {
        Assert.All(_serializer.Kinds, kind => Assert.InRange(kind.Manifest.Length, 1, 3));
        Assert.Equal(
            _serializer.Kinds.Select(kind => kind.Manifest).Order(StringComparer.Ordinal),
            MessageSamples.All(Node).Select(sample => _serializer.Manifest(sample.Message)).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_choice_that_a_kind_has_has_a_sample()
    {
        foreach (MessageKind kind in _serializer.Kinds)
        {
            int choices = kind.Descriptor.Oneofs.Where(choice => !choice.IsSynthetic).Sum(choice => choice.Fields.Count);
            int sampled = MessageSamples.All(Node).Count(sample => sample.Name.StartsWith($"{kind.Manifest}-", StringComparison.Ordinal));
            Assert.True(sampled >= Math.Max(1, choices), $"{kind.Manifest}: {sampled} samples of {choices} choices");
        }
    }

    // A message that was written is the receiver's, and so are its keys: none stay behind.
    [Fact]
    public void Keys_that_crossed_are_zeroed_where_they_were()
    {
        BringSas bring = MessageSamples.All(Node).Select(sample => sample.Message).OfType<BringSas>().Single();
        InstallSas install = MessageSamples.All(Node).Select(sample => sample.Message).OfType<InstallSas>().Single();

        _serializer.ToBinary(bring);
        _serializer.ToBinary(install);

        Assert.All(bring.Spec.Outbound.Algorithms.Aead!.Key, octet => Assert.Equal(0, octet));
        Assert.Throws<ObjectDisposedException>(() => install.Parameters.Keys.EncryptionInitiator.Span.Length);
    }

    [Fact]
    public void An_actor_is_the_same_on_the_other_side()
    {
        CountPackets count = new(new Dictionary<uint, IActorRef> { [3] = KernelActor }, TimeSpan.MaxValue);
        Assert.Equal(KernelActor, Assert.IsType<CountPackets>(_serializer.FromBinary(_serializer.ToBinary(count), "kc")).Children[3]);
    }

    [Fact]
    public void A_deadline_crosses_as_what_is_left_of_it()
    {
        GetSpi get = new(Samples.Local.Address, Samples.Remote.Address, Concentrator.Ike.Configuration.ChildMode.Tunnel, 1) { Deadline = Node.Now + TimeSpan.FromSeconds(5) };
        GetSpi read = Assert.IsType<GetSpi>(_serializer.FromBinary(_serializer.ToBinary(get), "kq"));
        Assert.InRange(read.Deadline - Node.Now, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
    }

    // Akka would write it as JSON, types and all.
    [Fact]
    public void Whatever_an_actor_of_ours_takes_either_has_a_kind_or_says_that_it_stays_on_its_node()
    {
        HashSet<Type> taken = [.. ActorsOfOurs().SelectMany(TakenBy)];
        Assert.Contains(typeof(WakeShard), taken);
        Assert.Contains(typeof(SessionSettled), taken);

        string[] homeless = [.. taken
            .Where(type => type.Assembly == typeof(ConcentratorNode).Assembly && !typeof(INoSerializationVerificationNeeded).IsAssignableFrom(type) && !HasKind(type))
            .Select(type => type.Name).Order(StringComparer.Ordinal)];
        Assert.Empty(homeless);
    }

    [Fact]
    public void A_kind_that_a_newer_node_has_is_counted_and_ignored()
    {
        Assert.Equal(new UnknownMessage("zz"), _serializer.FromBinary([1, 2, 3], "zz"));
        Assert.Equal(1, Node.Placement.UnknownMessages);
    }

    [Fact]
    public void A_meaning_that_a_newer_node_has_is_counted_and_ignored()
    {
        // Field 100 of the choice: what is not known here.
        byte[] newer = [.. new Concentrator.Actors.Messages.Wire.Input { Session = 1 }.ToByteArray(), .. Field(100)];
        Assert.Equal(new UnknownMessage("in"), _serializer.FromBinary(newer, "in"));
    }

    [Fact]
    public void A_field_that_a_newer_node_adds_is_read_past()
    {
        byte[] newer = [.. new Concentrator.Actors.Messages.Wire.Wake { Shard = 9 }.ToByteArray(), .. Field(100)];
        Assert.Equal(new WakeShard(9), _serializer.FromBinary(newer, "wk"));
    }

    [Fact]
    public void Octets_that_mean_nothing_throw_nothing()
    {
        Gen.Select(Gen.Int[0, _serializer.Kinds.Count - 1], Gen.Byte.Array[0, 60]).Sample(
            (kind, octets) => Assert.NotNull(_serializer.FromBinary(octets, _serializer.Kinds[kind].Manifest)), iter: 20_000);
    }

    [Fact]
    public void A_message_cut_short_throws_nothing()
    {
        foreach ((_, object message) in MessageSamples.All(Node))
        {
            string manifest = _serializer.Manifest(message);
            byte[] octets = _serializer.ToBinary(message);
            for (int length = 0; length < octets.Length; length++) Assert.NotNull(_serializer.FromBinary(octets[..length], manifest));
        }
    }

    [Fact]
    public void What_is_not_for_other_nodes_is_refused() => Assert.Throws<ArgumentException>(
        () => _serializer.ToBinary(new DeliverInput(new SessionId(1), new ChildRemoved(1))));

    private static byte[] Field(int number)
    {
        using MemoryStream stream = new();
        using (CodedOutputStream output = new(stream, leaveOpen: true))
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFromUtf8("later"));
        }

        return stream.ToArray();
    }

    /// <summary>Records say all that they are, but for buffers and lists. The number of hops is meant to grow.</summary>
    private static string Describe(object message) => message switch
    {
        DeliverDatagram { Datagram: var datagram } delivered =>
            $"{delivered.Session} {Convert.ToHexString(datagram.Message.Span)} {datagram.Path()} {datagram.Ingress}",
        CountPackets count => string.Join(' ', count.Children.Keys),
        DeliverInput => message.ToString()!,
        IdentityClaim claim => $"{claim} {claim.Local.Type} {claim.Remote.Type}",
        TransmitHere transmit => $"{transmit.Path} {Convert.ToHexString(transmit.Message.Span)}",
        _ => $"{message.GetType().Name} {System.Text.Json.JsonSerializer.Serialize(message, message.GetType(), Whole)}",
    };

    private static readonly System.Text.Json.JsonSerializerOptions Whole = new() { IncludeFields = false, Converters = { new AnyText() } };

    private bool HasKind(Type type) => typeof(INodeMessage).IsAssignableFrom(type) && (type.IsAbstract || _serializer.Kinds.Any(kind => kind.Type.IsAssignableFrom(type)));

    private static IEnumerable<Type> ActorsOfOurs() => typeof(ConcentratorNode).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(ActorBase)) && !type.IsAbstract);

    /// <summary>The types that its methods ask a message for: the operands of <c>isinst</c>.</summary>
    private static IEnumerable<Type> TakenBy(Type actor)
    {
        const BindingFlags own = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly;
        foreach (MethodInfo method in actor.GetMethods(own).Where(method => method.GetParameters() is [{ ParameterType: var only }] && only == typeof(object)))
        {
            byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
            for (int at = 0; at + 4 < code.Length; at++)
            {
                if (code[at] == IsInst && Resolve(method.Module, BitConverter.ToInt32(code, at + 1)) is { } type) yield return type;
            }
        }
    }

    private static Type? Resolve(Module module, int token)
    {
        try
        {
            return module.ResolveType(token);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Whatever JSON has no words for is told in its own.</summary>
    private sealed class AnyText : System.Text.Json.Serialization.JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert == typeof(Concentrator.Ike.Secret) || typeToConvert.Namespace?.StartsWith("System.Net", StringComparison.Ordinal) == true;

        public override System.Text.Json.Serialization.JsonConverter CreateConverter(Type typeToConvert, System.Text.Json.JsonSerializerOptions options) =>
            (System.Text.Json.Serialization.JsonConverter)Activator.CreateInstance(typeof(TextOf<>).MakeGenericType(typeToConvert))!;

        private sealed class TextOf<T> : System.Text.Json.Serialization.JsonConverter<T>
        {
            public override T Read(ref System.Text.Json.Utf8JsonReader reader, Type typeToConvert, System.Text.Json.JsonSerializerOptions options) => throw new NotSupportedException();

            public override void Write(System.Text.Json.Utf8JsonWriter writer, T value, System.Text.Json.JsonSerializerOptions options) => writer.WriteStringValue(value is Concentrator.Ike.Secret secret ? Convert.ToHexString(secret.Span) : value?.ToString());

            public override void WriteAsPropertyName(System.Text.Json.Utf8JsonWriter writer, T value, System.Text.Json.JsonSerializerOptions options) => writer.WritePropertyName($"{value}");
        }
    }
}
