using System.Security.Claims;
using Adclicks.Domain.Access;
using Adclicks.Domain.Audit;
using Adclicks.Domain.Billing.Statements;
using Adclicks.EventStore;
using Adclicks.EventStore.Audit;
using Adclicks.Projections.Billing;
using Adclicks.ReadApi.ApiPage;
using Adclicks.ReadApi.Limits;

namespace Adclicks.Billing;

/// <summary><c>GET /billing/statements</c>: what an advertiser is billed for a month, as JSON, CSV or a page to print.</summary>
internal static class StatementEndpoints
{
    private const string Example = """
        {"advertiser_id": "acme", "month": "2026-11", "final": true, "closed_until": "2026-12-01T00:00:00Z",
         "total": {"gross": 20, "duplicate": 3, "fraudulent": 2, "billable": 15, "verdicts": {"counted": 15, "duplicate:visitor": 3, "marked:fast": 2}},
         "lines": [{"day": "2026-11-17", "campaign_id": "spring", "gross": 20, "duplicate": 3, "fraudulent": 2, "billable": 15, "verdicts": {"counted": 15, "duplicate:visitor": 3, "marked:fast": 2}}],
         "adjustments": [{"written_in": "2026-11-18T10:00:00Z", "hour": "2026-11-17T10:00:00Z", "campaign_id": "spring", "reason": "arrived after the close of its hour", "gross": 1, "duplicate": 0, "fraudulent": 0, "billable": 1, "verdicts": {"counted": 1}}],
         "chain_hash": "5feceb66…"}
        """;

    /// <summary>Maps it: analysts see all, an advertiser the own.</summary>
    public static void MapStatements(this IEndpointRouteBuilder routes) => routes.MapGet("/billing/statements", GetAsync).RequireAuthorization(policy => policy
        .RequireAuthenticatedUser().RequireAssertion(context => MaySeeAll(context.User) || OwnId(context.User) is not null))
        .LimitedPerKey()
        .AuditedExport(AuditAction.StatementExported, "statement {advertiser_id} {month}")
        .WithSummary("What an advertiser is billed for a month")
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .Answers("application/json", "The statement, by format or Accept; X-Statement-Final says whether it can still change.", Example)
        .Answers("text/csv", "", "kind,day_or_hour,written_in,campaign_id,gross,billable,duplicate:visitor,marked:fast,reason\r\nclicks,2026-11-17,,spring,20,15,3,2,\r\n")
        .Answers("text/html", "", "<!doctype html>…");

    private static async Task<IResult> GetAsync(HttpContext http, IEventLog log, string? advertiser_id, string? month, string? format)
    {
        if (!BillingMonth.TryParse(month, out var wanted)) return Problem("month must be like 2026-11.");
        var advertiser = MaySeeAll(http.User) ? advertiser_id : OwnId(http.User);
        if (advertiser is null) return Problem("advertiser_id is needed; empty for clicks whose advertiser is not known.");
        if (advertiser_id is not null && advertiser_id != advertiser) return Results.Problem("That is another advertiser's.", statusCode: StatusCodes.Status403Forbidden);
        if ((format ?? Accepted(http.Request)) is not ("json" or "csv" or "html")) return Problem("format must be json, csv or html.");
        var statement = await new LedgerStore(log).StatementAsync(advertiser, wanted, http.RequestAborted);
        http.Response.Headers["X-Statement-Final"] = statement.IsFinal ? "true" : "false";
        return (format ?? Accepted(http.Request)) switch
        {
            "csv" => Results.Bytes(StatementFormats.ToCsv(statement), "text/csv; charset=utf-8"),
            "html" => Results.Bytes(StatementPage.ToHtml(statement), "text/html; charset=utf-8"),
            _ => Results.Bytes(StatementFormats.ToJson(statement), "application/json"),
        };
    }

    private static string Accepted(HttpRequest request)
    {
        var accept = request.Headers.Accept.ToString();
        return accept.Contains("text/csv", StringComparison.OrdinalIgnoreCase) ? "csv" : accept.Contains("text/html", StringComparison.OrdinalIgnoreCase) ? "html" : "json";
    }

    private static bool MaySeeAll(ClaimsPrincipal user) => user.IsInRole(Roles.Admin) || user.IsInRole(Roles.Analyst);

    /// <summary>The advertiser that a caller is; null for none.</summary>
    internal static string? OwnId(ClaimsPrincipal user) => user.IsInRole(Roles.Advertiser) && user.FindFirst(CallerClaims.AdvertiserId)?.Value is { Length: > 0 } id ? id : null;

    private static IResult Problem(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest);
}
