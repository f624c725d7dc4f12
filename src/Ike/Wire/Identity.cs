using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Wire;

/// <summary>An IKE identity: a type and its octets (RFC 7296 §3.5). Equal when both are; text is made safe for logs.</summary>
public sealed partial class Identity : IEquatable<Identity>
{
    public Identity(IdType type, ReadOnlySpan<byte> data)
    {
        Type = type;
        Data = data.ToArray();
    }

    public IdType Type { get; }

    public ReadOnlyMemory<byte> Data { get; }

    public bool Equals(Identity? other) => other is not null && Type == other.Type && Data.Span.SequenceEqual(other.Data.Span);

    public override bool Equals(object? obj) => Equals(obj as Identity);

    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Type);
        hash.AddBytes(Data.Span);
        return hash.ToHashCode();
    }
}
