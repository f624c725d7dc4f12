using Akka.Actor;
using Concentrator.Actors.Messages;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Concentrator.Actors.Tests.Messages;

/// <summary>
/// Nodes of different versions live in one cluster, so what was sent once is read for good. The folder <c>baseline</c> holds what each kind of message looked
/// like when it was first sent, and the descriptor of that time. A new kind, or a new field in a sample, adds a file of a new name; none is ever changed.
/// </summary>
public class BaselineTests : ActorFixture
{
    /// <summary>Writes the files of kinds that are new: set to the source folder by hand.</summary>
    private const string Freeze = "CONCENTRATOR_FREEZE_MESSAGES";

    private readonly ClusterSerializer _serializer;

    public BaselineTests() => _serializer = new ClusterSerializer((ExtendedActorSystem)Sys, Node);

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Messages", "baseline");

    [Fact]
    public void What_older_nodes_send_is_read_and_means_what_it_meant()
    {
        foreach ((string name, object sample) in MessageSamples.All(Node))
        {
            byte[] today = _serializer.ToBinary(sample);
            if (Environment.GetEnvironmentVariable(Freeze) is { Length: > 0 } source)
            {
                if (!File.Exists(Path.Combine(source, $"{name}.bin"))) File.WriteAllBytes(Path.Combine(source, $"{name}.bin"), today);
                continue;
            }

            string file = Path.Combine(Folder, $"{name}.bin");
            Assert.True(File.Exists(file), $"{name} is new: run this test once with {Freeze}=<source>/tests/Actors.Tests/Messages/baseline");
            byte[] frozen = File.ReadAllBytes(file);
            Assert.True(today.AsSpan().SequenceEqual(frozen), $"{name} is written in another way than it was: a new sample needs a new name");
            Assert.IsType(sample.GetType(), _serializer.FromBinary(frozen, _serializer.Manifest(sample)));
        }
    }

    [Fact]
    public void Frozen_files_that_have_no_sample_any_more_are_read_too()
    {
        Dictionary<string, string> manifests = _serializer.Kinds.ToDictionary(kind => kind.Manifest, kind => kind.Manifest);
        string[] files = Directory.GetFiles(Folder, "*-*.bin");
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            string manifest = Path.GetFileName(file).Split('-')[0];
            Assert.True(manifests.ContainsKey(manifest), $"{file}: its kind is gone");
            Assert.IsNotType<UnknownMessage>(_serializer.FromBinary(File.ReadAllBytes(file), manifest));
        }
    }

    [Fact]
    public void Descriptors_have_only_grown()
    {
        byte[] today = Concentrator.Actors.Messages.Wire.ClusterReflection.Descriptor.SerializedData.ToByteArray();
        if (Environment.GetEnvironmentVariable(Freeze) is { Length: > 0 } source) File.WriteAllBytes(Path.Combine(source, "cluster.descriptor"), today);
        FileDescriptorProto frozen = FileDescriptorProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(Folder, "cluster.descriptor")));
        FileDescriptorProto now = FileDescriptorProto.Parser.ParseFrom(today);
        Assert.True(frozen.MessageType.Count >= 9);
        foreach (DescriptorProto message in frozen.MessageType)
        {
            DescriptorProto? still = now.MessageType.SingleOrDefault(m => m.Name == message.Name);
            Assert.True(still is not null, $"{message.Name} is gone");
            foreach (FieldDescriptorProto field in message.Field)
            {
                FieldDescriptorProto? same = still.Field.SingleOrDefault(f => f.Number == field.Number);
                Assert.True(same is not null, $"{message.Name}.{field.Name} = {field.Number} is gone");
                Assert.Equal((field.Name, field.Type, field.Label, field.TypeName), (same.Name, same.Type, same.Label, same.TypeName));
            }
        }
    }
}
