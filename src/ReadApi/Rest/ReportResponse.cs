using System.Buffers.Text;
using System.Globalization;
using System.IO.Hashing;
using Adclicks.ReadApi.Execution;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Adclicks.ReadApi.Rest;

/// <summary>
/// An answer as a response: JSON or CSV by <c>Accept</c>, and what lets a client keep it. The tag is over the rows alone
/// and how settled they are, so it stays the same while only the freshness moves on.
/// </summary>
internal sealed class ReportResponse(ReportRequest request, ReportResult result) : IResult
{
    /// <summary>A range that ended this long before the freshness rarely changes: only by late clicks.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromHours(1);

    /// <summary>Where hours are still open, and where all are closed for billing: then by clicks that come after that.</summary>
    private const string KeepNone = "private, no-cache", KeepShort = "private, max-age=60", KeepLong = "private, max-age=3600";

    private static readonly string[] Formats = ["application/json", "text/csv"];

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (http, response) = (httpContext.Request, httpContext.Response);
        var csv = WantsCsv(http);
        // Of its own for either form: a client may ask for one with the tag of the other.
        var tag = $"W/\"{result.Generation}-{Hash(result)}{(csv ? "-csv" : "")}\"";
        response.Headers.ETag = tag;
        response.Headers.Vary = "Accept, Authorization, X-Api-Key";
        response.Headers.CacheControl = result.State.FinalAt is not null ? KeepLong : result.FreshUntil - request.Query.To > Settled ? KeepShort : KeepNone;
        response.Headers["Adclicks-Generation"] = result.Generation.ToString(CultureInfo.InvariantCulture);
        if (result.FreshUntil is { } fresh) response.Headers["Adclicks-Fresh-Until"] = ReportJson.Text(fresh.ToUniversalTime());
        if (HttpMethods.IsGet(http.Method) && http.Headers.IfNoneMatch.ToString().Split(',', StringSplitOptions.TrimEntries).Contains(tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var body = csv ? ReportCsv.Write(request, result) : ReportJson.Write(request, result);
        response.ContentType = csv ? "text/csv; charset=utf-8; header=present" : "application/json; charset=utf-8";
        if (csv) response.Headers.ContentDisposition = "attachment; filename=\"clicks.csv\"";
        if (csv && result.HasMore && request.Query.RankBy is null)
            response.Headers["Adclicks-Next"] = CursorParameter.After(result.Rows[^1]);
        response.ContentLength = body.Length;
        await response.BodyWriter.WriteAsync(body, httpContext.RequestAborted);
    }

    /// <summary>What to answer where neither JSON nor CSV is acceptable; null where one is.</summary>
    internal static IResult? NotAcceptable(HttpRequest http)
    {
        var accepted = http.GetTypedHeaders().Accept;
        if (Formats.Any(type => Quality(accepted, type) > 0)) return null;
        return Results.Problem(
            "Accept: There are reports as JSON and as CSV.", title: "The report cannot be made as asked.", statusCode: StatusCodes.Status406NotAcceptable,
            extensions: new Dictionary<string, object?> { ["parameter"] = "Accept", ["allowed"] = Formats });
    }

    /// <summary>CSV if it is preferred to JSON, or alone acceptable.</summary>
    internal static bool WantsCsv(HttpRequest http)
    {
        var accepted = http.GetTypedHeaders().Accept;
        return Quality(accepted, "text/csv") > Quality(accepted, "application/json");
    }

    private static double Quality(IList<MediaTypeHeaderValue> accepted, string type) => accepted
        .Where(range => new MediaTypeHeaderValue(type).IsSubsetOf(new MediaTypeHeaderValue(range.MediaType)))
        .OrderByDescending(range => range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2)
        .Select(range => range.Quality ?? 1).FirstOrDefault(accepted.Count == 0 && type == "application/json" ? 1 : 0);

    private static string Hash(ReportResult result)
    {
        var hash = new XxHash128();
        Span<byte> number = stackalloc byte[sizeof(long)];
        hash.Append(System.Text.Encoding.UTF8.GetBytes($"{result.State}\0"));
        foreach (var row in result.Rows)
        {
            hash.Append(System.Text.Encoding.UTF8.GetBytes($"{row.Time:O}\0{string.Join('\0', row.Values)}\0{row.State}\0"));
            foreach (var counted in (ReportRow?[])[row, row.Compared])
            {
                if (counted is null) continue;
                foreach (var metric in Queries.Metrics.All)
                {
                    BitConverter.TryWriteBytes(number, counted[metric]);
                    hash.Append(number);
                }
            }
        }

        return Base64Url.EncodeToString(hash.GetCurrentHash());
    }
}
