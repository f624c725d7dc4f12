using System.Text;
using Concentrator.Vici;

namespace Concentrator.Tests.Vici;

/// <summary>A message as a client writes it, piece by piece.</summary>
internal sealed class Message
{
    private readonly List<byte> _octets = [];

    public static implicit operator byte[](Message message) => [.. message._octets];

    public Message Put(string key, string value) => Put(key, Encoding.UTF8.GetBytes(value));

    public Message Put(string key, byte[] value)
    {
        Name(ViciElement.KeyValue, key);
        Value(value);
        return this;
    }

    public Message List(string key, params byte[][] items)
    {
        Name(ViciElement.ListStart, key);
        foreach (byte[] item in items)
        {
            _octets.Add((byte)ViciElement.ListItem);
            Value(item);
        }

        _octets.Add((byte)ViciElement.ListEnd);
        return this;
    }

    public Message List(string key, params string[] items) => List(key, [.. items.Select(Encoding.UTF8.GetBytes)]);

    public Message Section(string name, Message inner)
    {
        Name(ViciElement.SectionStart, name);
        _octets.AddRange(inner._octets);
        _octets.Add((byte)ViciElement.SectionEnd);
        return this;
    }

    private void Name(ViciElement element, string name) => _octets.AddRange([(byte)element, (byte)name.Length, .. Encoding.ASCII.GetBytes(name)]);

    private void Value(byte[] value) => _octets.AddRange([(byte)(value.Length >> 8), (byte)value.Length, .. value]);
}
