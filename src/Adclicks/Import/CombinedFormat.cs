using System.Text;
using System.Text.Json;

namespace Adclicks.Import;

/// <summary>
/// A web server's access log as clicks: the ad is the path without its query, the campaign the first segment of it
/// (<c>home</c> for <c>/</c>), the publisher the referrer's host (<c>direct</c> for none).
/// </summary>
internal sealed class CombinedFormat : IRecordFormat
{
    /// <inheritdoc/>
    public async ValueTask<ImportRecord?> ReadAsync(LineReader lines, CancellationToken cancellationToken)
    {
        while (await lines.ReadAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0) return new ImportRecord(lines.LineNumber, line);
        }

        return null;
    }

    /// <inheritdoc/>
    public string? Write(in ImportRecord record, Utf8JsonWriter json)
    {
        if (CombinedLine.Parse(Encoding.UTF8.GetString(record.Bytes.Span), out var problem) is not { } line) return problem;
        if (TargetOf(line.Request) is not { } target) return "the request is not: method, path, protocol";
        var path = target.Split('?', 2)[0];
        json.WriteStartObject();
        json.WriteString("event_id", record.EventId());
        json.WriteNumber("timestamp_ms", line.Time.ToUnixTimeMilliseconds());
        json.WriteString("ad_id", path);
        json.WriteString("campaign_id", path.Split('/') is [_, { Length: > 0 } first, ..] ? first : "home");
        json.WriteString("publisher_id", PublisherOf(line.Referrer));
        json.WriteString("ip_address", line.Host);
        json.WriteString("user_agent", line.UserAgent);
        if (line.Referrer != "-") json.WriteString("referrer_url", line.Referrer);
        json.WriteString("click_url", target);
        json.WriteEndObject();
        return null;
    }

    /// <summary>The path and query of <c>GET /path?query HTTP/1.1</c>, spaces within included.</summary>
    private static string? TargetOf(string request)
    {
        var start = request.IndexOf(' ', StringComparison.Ordinal);
        var end = request.LastIndexOf(" HTTP/", StringComparison.Ordinal);
        if (start < 0) return null;
        var target = (end > start ? request[start..end] : request[start..]).Trim();
        return target.Length == 0 ? null : target;
    }

    /// <summary>The host of a referrer as logged, without user and port. Not by <see cref="Uri"/>, which refuses hosts of odd characters.</summary>
    private static string PublisherOf(string referrer)
    {
        var start = referrer.IndexOf("://", StringComparison.Ordinal);
        if (start < 0) return "direct";
        var authority = referrer.AsSpan(start + 3);
        var end = authority.IndexOfAny('/', '?', '#');
        if (end >= 0) authority = authority[..end];
        var host = authority[(authority.LastIndexOf('@') + 1)..];
        var port = host.LastIndexOf(':');
        if (port >= 0 && !host[port..].Contains(']')) host = host[..port];
        return host.Length == 0 ? "direct" : host.ToString().ToLowerInvariant();
    }
}
