using System.Globalization;
using Concentrator.Actors.Routing;
using Microsoft.AspNetCore.Http;

namespace Concentrator.Http.Api;

/// <summary>Reading what stands in a request's address. What is not as it should be is as if it were not there.</summary>
internal static class Parameters
{
    public static long Number(this HttpRequest request, string name, long standard = 0) =>
        long.TryParse(request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : standard;

    public static string Text(this HttpRequest request, string name) => request.Query[name] is [{ } text] ? text.Trim() : "";
}

/// <summary>Reading session ids that come from outside.</summary>
internal static class SessionIds
{
    private const int Digits = 14;

    public static bool TryParse(string text, out SessionId session)
    {
        session = default;
        if (text.Length != Digits || !text.All(char.IsAsciiHexDigit)) return false;
        session = SessionId.Parse(text);
        return true;
    }
}
