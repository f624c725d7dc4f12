using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Concentrator.Actors.Messages;

/// <summary>
/// One kind of message as it crosses: its manifest for good, the types it stands for, and how they become octets and messages again. What cannot be read, because
/// a newer node means something that this one does not know, reads as null.
/// </summary>
internal sealed class MessageKind
{
    private readonly MessageParser _parser;
    private readonly Func<object, IMessage> _write;
    private readonly Func<IMessage, object?> _read;

    private MessageKind(string manifest, Type type, MessageParser parser, MessageDescriptor descriptor, Func<object, IMessage> write, Func<IMessage, object?> read) =>
        (Manifest, Type, _parser, Descriptor, _write, _read) = (manifest, type, parser, descriptor, write, read);

    /// <summary>Short, and never given a second meaning.</summary>
    public string Manifest { get; }

    /// <summary>The type itself, or the one that all of this kind have as their base.</summary>
    public Type Type { get; }

    public MessageDescriptor Descriptor { get; }

    public static MessageKind Of<T, TWire>(string manifest, Func<T, TWire> write, Func<TWire, T?> read)
        where T : class
        where TWire : class, IMessage<TWire>, new() =>
        new(manifest, typeof(T), new MessageParser<TWire>(() => new TWire()), new TWire().Descriptor, message => write((T)message), wire => read((TWire)wire));

    public byte[] Write(object message) => _write(message).ToByteArray();

    public object? Read(byte[] octets) => _read(_parser.ParseFrom(octets));
}
