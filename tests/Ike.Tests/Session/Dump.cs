using System.Collections;
using System.Net;
using System.Reflection;
using System.Text;

namespace Concentrator.Ike.Tests.Session;

/// <summary>Everything that a record holds, in text: two are equal when their texts are.</summary>
internal static class Dump
{
    public static string Of(object? value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return text.ToString();
    }

    private static void Write(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case Secret secret:
                text.Append(Convert.ToHexString(secret.Span));
                break;
            case ReadOnlyMemory<byte> octets:
                text.Append(Convert.ToHexString(octets.Span));
                break;
            case byte[] octets:
                text.Append(Convert.ToHexString(octets));
                break;
            case string or Enum or TimeSpan or IPAddress or IPEndPoint or Ike.Wire.Identity:
            case ValueType when value.GetType().IsPrimitive:
                text.Append(value);
                break;
            case IEnumerable list:
                text.Append('[');
                foreach (object? item in list)
                {
                    Write(text, item);
                    text.Append(", ");
                }

                text.Append(']');
                break;
            default:
                text.Append('{');
                foreach (PropertyInfo property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0))
                {
                    text.Append(property.Name).Append('=');
                    Write(text, property.GetValue(value));
                    text.AppendLine(";");
                }

                text.Append('}');
                break;
        }
    }
}
