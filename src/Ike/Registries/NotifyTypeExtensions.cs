namespace Concentrator.Ike.Registries;

public static class NotifyTypeExtensions
{
    /// <summary>First status type; everything below is an error (RFC 7296 §3.10.1).</summary>
    private const ushort FirstStatusType = 16384;

    public static bool IsError(this NotifyType type) => (ushort)type < FirstStatusType;
}
