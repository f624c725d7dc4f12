using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Concentrator.Http;

/// <summary>The dashboard's page: files in the binary, under exactly these names. They hold no data.</summary>
internal static class PageAssets
{
    private const string Prefix = "page/";
    private const string Index = "index.html";

    public static void MapPage(this IEndpointRouteBuilder routes)
    {
        foreach ((string name, Asset asset) in Load())
        {
            routes.MapMethods(name == Index ? "/" : $"/{name}", ["GET", "HEAD"], context => SendAsync(context, asset));
        }
    }

    private static async Task SendAsync(HttpContext context, Asset asset)
    {
        HttpResponse response = context.Response;
        // Asked for each time, sent once for each build.
        response.Headers.CacheControl = "no-cache";
        response.Headers.ETag = asset.Tag;
        if (context.Request.Headers.IfNoneMatch == asset.Tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = asset.Type;
        response.ContentLength = asset.Octets.Length;
        if (HttpMethods.IsGet(context.Request.Method)) await response.Body.WriteAsync(asset.Octets, context.RequestAborted).ConfigureAwait(false);
    }

    private static FrozenDictionary<string, Asset> Load()
    {
        Assembly assembly = typeof(PageAssets).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[Prefix.Length..], name => Read(assembly, name));
    }

    private static Asset Read(Assembly assembly, string name)
    {
        using Stream stream = assembly.GetManifestResourceStream(name)!;
        byte[] octets = new byte[stream.Length];
        stream.ReadExactly(octets);
        return new Asset(octets, TypeOf(name), $"\"{Convert.ToHexStringLower(SHA256.HashData(octets).AsSpan(0, 12))}\"");
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        string other => throw new InvalidOperationException($"No media type for {other}."),
    };

    private sealed record Asset(byte[] Octets, string Type, string Tag);
}
