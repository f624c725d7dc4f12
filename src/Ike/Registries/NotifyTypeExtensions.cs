using System.Globalization;
using System.Text;

namespace Concentrator.Ike.Registries;

public static class NotifyTypeExtensions
{
    /// <summary>First status type; everything below is an error (RFC 7296 §3.10.1).</summary>
    private const ushort FirstStatusType = 16384;

    public static bool IsError(this NotifyType type) => (ushort)type < FirstStatusType;

    /// <summary>The RFC's spelling, <c>AUTHENTICATION_FAILED</c>; the number where the type is not in the registry.</summary>
    public static string RfcName(this NotifyType type)
    {
        if (!Enum.IsDefined(type)) return ((ushort)type).ToString(CultureInfo.InvariantCulture);
        StringBuilder name = new();
        foreach (char letter in type.ToString())
        {
            if (char.IsUpper(letter) && name.Length > 0) name.Append('_');
            name.Append(char.ToUpperInvariant(letter));
        }

        return name.ToString();
    }
}
