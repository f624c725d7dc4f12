using System.Security.Cryptography.X509Certificates;

namespace Concentrator.Actors.Certificates;

/// <summary>What an end entity's key may be used for, if its certificate says.</summary>
internal static class KeyUsages
{
    /// <summary>Null: it may sign AUTH.</summary>
    public static string? Fault(X509Certificate2 endEntity)
    {
        // RFC 4945 §5.1.3.2: where there is a keyUsage, it has digitalSignature or nonRepudiation.
        if (endEntity.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault() is not { } usage) return null;
        return (usage.KeyUsages & (X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation)) != X509KeyUsageFlags.None
            ? null
            : $"certificate '{Names.Subject(endEntity)}' is not for signatures: its key usage is {usage.KeyUsages}";
    }
}
