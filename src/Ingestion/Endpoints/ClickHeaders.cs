using Adclicks.Ingestion.Enrichment;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Adclicks.Ingestion.Endpoints;

/// <summary>The headers of every answer to a click URL: kept by no cache, usable on any page, and asking for client hints.</summary>
internal static class ClickHeaders
{
    private static readonly StringValues _noStore = "no-store", _noCache = "no-cache", _expired = "0", _crossOrigin = "cross-origin", _hints = ClientHints.Accepted;

    public static void Add(IHeaderDictionary headers)
    {
        headers.CacheControl = _noStore;
        // For caches of HTTP/1.0, which do not know the one above.
        headers.Pragma = _noCache;
        headers.Expires = _expired;
        headers["Accept-CH"] = _hints;
        // Pages that isolate themselves (Cross-Origin-Embedder-Policy) show no image without it.
        headers["Cross-Origin-Resource-Policy"] = _crossOrigin;
    }
}
