using System.Text.Json;
using Adclicks.Domain.Audit;
using Adclicks.EventStore.Audit;
using Adclicks.ReadApi.Execution;
using Adclicks.ReadApi.Limits;
using Adclicks.ReadApi.Queries;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Adclicks.ReadApi.Rest;

/// <summary>The reports over REST: parameters in, rows out.</summary>
internal sealed class ReportEndpoints(ReportReader reader, IOptions<ReadApiOptions> options, TimeProvider time)
{
    private const int MaxBodyBytes = 64 * 1024;

    /// <summary>Maps each report to GET with a query string and POST with a JSON object.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var reports = routes.MapGroup("/reports/clicks")
            .RequireAuthorization(MayRead)
            .LimitedPerKey()
            .AnswersReportProblems();
        foreach (var kind in ReportKinds.All)
        {
            reports.MapGet(kind.Path, (HttpContext http, ReportEndpoints self) => self.AnswerAsync(
                http, kind, ReportParameters.From(http.Request.Query, kind.Parameters))).WithSummary(kind.Summary)
                .AuditedExport(AuditAction.ReportExported, Exported(kind), ReportResponse.WantsCsv);
            reports.MapPost(kind.Path, async (HttpContext http, ReportEndpoints self) => await self.AnswerAsync(
                http, kind, await BodyAsync(http, kind))).WithSummary(kind.Summary).WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
                .AuditedExport(AuditAction.ReportExported, Exported(kind), ReportResponse.WantsCsv);
        }

        reports.MapGet("extent", (HttpContext http, ReportEndpoints self) => self.ExtentAsync(http))
            .WithSummary("The first day with clicks and the end of the last one.").Produces<Extent>();
    }

    private static string Exported(ReportKind kind) => kind.Path + " {start_time} {end_time}";

    private async Task<IResult> ExtentAsync(HttpContext http)
    {
        var extent = await reader.ExtentAsync(CallerScope.Of(http.User)!, http.RequestAborted);
        return Results.Json(new Extent(extent?.From, extent?.To));
    }

    /// <summary>Everybody with a scope; it decides what they see.</summary>
    public static void MayRead(AuthorizationPolicyBuilder policy) =>
        policy.RequireAuthenticatedUser().RequireAssertion(context => CallerScope.Of(context.User) is not null);

    private async Task<IResult> AnswerAsync(HttpContext http, ReportKind kind, ReportParameters parameters)
    {
        if (ReportResponse.NotAcceptable(http.Request) is { } refusal) return refusal;
        var request = kind.Read(parameters, new RequestContext(time.GetUtcNow(), options.Value));
        var result = await reader.ReadAsync(request.Query, CallerScope.Of(http.User)!, http.RequestAborted);
        return new ReportResponse(request, result);
    }

    private static async Task<ReportParameters> BodyAsync(HttpContext http, ReportKind kind)
    {
        if (!http.Request.HasJsonContentType())
            throw new ReportQueryException("Content-Type", "The body must be a JSON object.", ["application/json"]);
        try
        {
            using var document = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            return ReportParameters.From(document.RootElement, kind.Parameters);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ReportQueryException("body", "The body is not valid JSON.");
        }
    }

    private sealed record Extent(DateTimeOffset? From, DateTimeOffset? To);
}
