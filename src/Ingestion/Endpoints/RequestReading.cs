using Adclicks.Domain.Access;
using Adclicks.Domain.Clicks;
using Adclicks.Ingestion.Commands;
using Adclicks.Ingestion.Enrichment;
using Microsoft.AspNetCore.Http;

namespace Adclicks.Ingestion.Endpoints;

/// <summary>What all three ways in read of a request.</summary>
internal static class RequestReading
{
    /// <summary>What is known of the caller.</summary>
    public static RequestFacts FactsOf(HttpContext context, ClickSource source) =>
        FactsOf(context, source, context.User.IsInRole(Roles.Ingest) || context.User.IsInRole(Roles.Admin));

    /// <inheritdoc cref="FactsOf(HttpContext, ClickSource)"/>
    public static RequestFacts FactsOf(HttpContext context, ClickSource source, bool isAuthenticated)
    {
        var headers = context.Request.Headers;
        return new(
            source,
            isAuthenticated,
            context.Connection.RemoteIpAddress,
            headers.UserAgent.ToString(),
            ClientHints.Of(headers),
            headers["DNT"] == "1" || headers["Sec-GPC"] == "1",
            context.TraceIdentifier);
    }

    /// <summary>Whether the browser fetched ahead, before anybody clicked.</summary>
    public static bool IsPrefetch(HttpContext context)
    {
        var headers = context.Request.Headers;
        var (now, before) = (headers["Sec-Purpose"], headers["Purpose"]);
        return Says(now, "prefetch") || Says(now, "prerender") || Says(before, "prefetch") || Says(before, "preview")
            || Says(headers["X-Purpose"], "preview") || Says(headers["X-Moz"], "prefetch");
    }

    private static bool Says(Microsoft.Extensions.Primitives.StringValues header, string word) =>
        header.Count > 0 && header.ToString().Contains(word, StringComparison.OrdinalIgnoreCase);
}
