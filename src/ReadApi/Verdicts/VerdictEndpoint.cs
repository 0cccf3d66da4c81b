using System.Globalization;
using System.Text;
using Adclicks.Domain.Access;
using Adclicks.Domain.Audit;
using Adclicks.Domain.Text;
using Adclicks.EventStore.Audit;
using Adclicks.ReadApi.Limits;
using Adclicks.ReadApi.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Adclicks.ReadApi.Verdicts;

/// <summary>
/// <c>GET /reports/clicks/verdicts</c>: counted, marked by rule and duplicates by kind, which add up to gross. Over all
/// advertisers, so for analysts alone.
/// </summary>
internal sealed class VerdictEndpoint(VerdictReader reader, IOptions<ReadApiOptions> options, TimeProvider time)
{
    /// <summary>Below the root, without a leading slash.</summary>
    public const string Path = "reports/clicks/verdicts";

    private static readonly string[] Columns = ["time", "verdict", "kind", "reason", "clicks"];

    /// <summary>Maps it.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/" + Path, (HttpContext http, VerdictEndpoint self) => self.AnswerAsync(http))
        .RequireAuthorization(policy => policy.RequireRole(Roles.Analyst, Roles.Admin))
        .LimitedPerKey()
        .AnswersReportProblems()
        .AuditedExport(AuditAction.ReportExported, "verdicts {start_time} {end_time}", ReportResponse.WantsCsv)
        .WithSummary("Clicks by verdict: counted, marked by which rule, duplicate by what.");

    private async Task<IResult> AnswerAsync(HttpContext http)
    {
        if (ReportResponse.NotAcceptable(http.Request) is { } refusal) return refusal;
        var query = VerdictQuery.Read(ReportParameters.From(http.Request.Query, VerdictQuery.Parameters), new RequestContext(time.GetUtcNow(), options.Value));
        var report = await reader.ReadAsync(query, http.RequestAborted);
        http.Response.Headers.Vary = "Accept, Authorization, X-Api-Key";
        http.Response.Headers.CacheControl = "private, no-cache";
        http.Response.Headers["Adclicks-Generation"] = report.Generation.ToString(CultureInfo.InvariantCulture);
        return ReportResponse.WantsCsv(http.Request) ? Csv(report) : Json(report);
    }

    private static IResult Json(VerdictReport report) => Results.Json(new
    {
        generation = report.Generation,
        fresh_until = report.FreshUntil is { } fresh ? ReportJson.Text(fresh.ToUniversalTime()) : null,
        rows = report.Rows.Select(r => new { time = ReportJson.Text(r.Time), verdict = r.Verdict, kind = r.Kind, reason = r.Reason, clicks = r.Clicks }),
    });

    private static IResult Csv(VerdictReport report)
    {
        var text = new StringBuilder().AppendJoin(',', Columns).Append("\r\n");
        foreach (var row in report.Rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{ReportJson.Text(row.Time)},{CsvText.Cell(row.Verdict)},{row.Kind},{CsvText.Cell(row.Reason)},{row.Clicks}\r\n");
        }

        return Results.Text(text.ToString(), "text/csv; charset=utf-8; header=present");
    }
}
