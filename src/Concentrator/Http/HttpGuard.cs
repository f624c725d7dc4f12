using System.Net;
using Microsoft.AspNetCore.Http;

namespace Concentrator.Http;

/// <summary>
/// Stands before everything that is served: what comes from other pages, with a body, or without the token where one is needed, goes no further and is counted.
/// </summary>
internal sealed class HttpGuard(HttpOptions options, HttpRefusals refusals)
{
    /// <summary>No form and no link can send it, and a script of another origin only after asking, which nobody answers.</summary>
    public const string ActionHeader = "X-Concentrator-Action";

    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        + "require-trusted-types-for 'script'; trusted-types 'none'";

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        Protect(context.Response.Headers);
        if (Judge(context.Request) is { } why)
        {
            await RefuseAsync(context, why).ConfigureAwait(false);
            return;
        }

        await next(context).ConfigureAwait(false);
        if (ReasonOf(context.Response.StatusCode) is { } reason) refusals.Count(reason);
    }

    /// <summary>Whether the request proves itself with the token; for answers that say so.</summary>
    public bool HasToken(HttpRequest request) => options.Token?.IsIn(request.Headers.Authorization) == true;

    private static void Protect(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }

    private HttpRefusal? Judge(HttpRequest request)
    {
        // A page of somebody else's, under a name that leads here, is not for us.
        if (options.IsLocal && !IsOurName(request.Host.Host)) return HttpRefusal.Host;
        // Nothing that is served takes one: what is not read cannot be too large.
        if (request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0) return HttpRefusal.Body;
        bool acts = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
        bool tells = request.Path.StartsWithSegments("/api") || request.Path.StartsWithSegments("/metrics");
        if (!acts && !tells) return null;
        if (!IsSameSite(request, acts)) return HttpRefusal.CrossSite;
        if (!acts && options.IsLocal) return null;
        if (request.Headers.Authorization.Count == 0) return HttpRefusal.NoToken;
        if (!HasToken(request)) return HttpRefusal.WrongToken;
        return acts && request.Headers[ActionHeader].Count == 0 ? HttpRefusal.CrossSite : null;
    }

    private static bool IsOurName(string host) => host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary>Programs say nothing of where they come from; browsers do, and cannot be made to lie by a page.</summary>
    private bool IsSameSite(HttpRequest request, bool acts)
    {
        string? site = request.Headers["Sec-Fetch-Site"];
        if (site is not null && site != "same-origin" && (acts || site != "none")) return false;
        string? origin = request.Headers.Origin;
        return origin is null || origin == $"{(options.IsTls ? "https" : "http")}://{request.Host}";
    }

    private async Task RefuseAsync(HttpContext context, HttpRefusal why)
    {
        refusals.Count(why);
        HttpResponse response = context.Response;
        (response.StatusCode, string text) = why switch
        {
            HttpRefusal.NoToken => (StatusCodes.Status401Unauthorized, "this takes the token, in an Authorization header"),
            HttpRefusal.WrongToken => (StatusCodes.Status401Unauthorized, "that is not the token"),
            HttpRefusal.Host => (StatusCodes.Status400BadRequest, "that is not a name of this host"),
            HttpRefusal.Body => (StatusCodes.Status413PayloadTooLarge, "no request here has a body"),
            _ => (StatusCodes.Status403Forbidden, "not from another site"),
        };
        if (response.StatusCode == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = "Bearer realm=\"concentrator\"";
        // The rest of a body is not waited for.
        if (why == HttpRefusal.Body) response.Headers.Connection = "close";
        response.ContentType = "text/plain; charset=utf-8";
        await response.WriteAsync(text + "\n", context.RequestAborted).ConfigureAwait(false);
    }

    private static HttpRefusal? ReasonOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => HttpRefusal.BadRequest,
        StatusCodes.Status404NotFound => HttpRefusal.NotFound,
        StatusCodes.Status405MethodNotAllowed => HttpRefusal.Method,
        StatusCodes.Status503ServiceUnavailable => HttpRefusal.Busy,
        _ => null,
    };
}
