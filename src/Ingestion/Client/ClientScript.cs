using System.IO.Hashing;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Adclicks.Ingestion.Client;

/// <summary><c>GET /track/adclicks.js</c>: the script that counts clicks on the ads of a page. Any site may load it.</summary>
internal static class ClientScript
{
    private const string CachedForAnHour = "public, max-age=3600";

    private static readonly byte[] _script = Load();
    private static readonly EntityTagHeaderValue _tag = new($"\"{Convert.ToHexStringLower(XxHash128.Hash(_script))}\"");

    public static IResult Serve(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = CachedForAnHour;
        headers.XContentTypeOptions = "nosniff";
        headers.AccessControlAllowOrigin = "*";
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        return Results.Bytes(_script, "text/javascript; charset=utf-8", entityTag: _tag);
    }

    private static byte[] Load()
    {
        using var stream = typeof(ClientScript).Assembly.GetManifestResourceStream("adclicks.js")!;
        var script = new byte[stream.Length];
        stream.ReadExactly(script);
        return script;
    }
}
