using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Adclicks.Domain.Access;
using Adclicks.Domain.Clicks;
using Adclicks.Ingestion.Commands;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

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
            headers["DNT"] == "1" || headers["Sec-GPC"] == "1",
            context.TraceIdentifier);
    }

    /// <summary>Whether the browser fetched ahead, before anybody clicked.</summary>
    public static bool IsPrefetch(HttpContext context)
    {
        var headers = context.Request.Headers;
        return Says(headers["Sec-Purpose"], "prefetch") || Says(headers["Sec-Purpose"], "prerender")
            || Says(headers["Purpose"], "prefetch") || Says(headers["X-Moz"], "prefetch");
    }

    /// <summary>The body as a whole; null where it is larger than the limit.</summary>
    public static async ValueTask<byte[]?> ReadBodyAsync(HttpContext context, int maxBytes, CancellationToken cancellationToken)
    {
        if (context.Request.ContentLength > maxBytes) return null;
        var body = new ArrayBufferWriter<byte>((int)(context.Request.ContentLength ?? 4096) + 1);
        while (true)
        {
            var read = await context.Request.Body.ReadAsync(body.GetMemory(), cancellationToken);
            if (read == 0) return body.WrittenSpan.ToArray();
            body.Advance(read);
            if (body.WrittenCount > maxBytes) return null;
        }
    }

    /// <summary>The media type in lower case; false where the header is no media type.</summary>
    public static bool TryMediaType(HttpContext context, [NotNullWhen(true)] out string? mediaType)
    {
        mediaType = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var parsed) ? parsed.MediaType.Value?.ToLowerInvariant() : null;
        return mediaType is not null;
    }

    private static bool Says(Microsoft.Extensions.Primitives.StringValues header, string word) =>
        header.Count > 0 && header.ToString().Contains(word, StringComparison.OrdinalIgnoreCase);
}
