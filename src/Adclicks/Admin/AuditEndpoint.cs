using System.ComponentModel;
using System.Globalization;
using Adclicks.Domain.Audit;
using Adclicks.EventStore;
using Adclicks.EventStore.Audit;

namespace Adclicks.Admin;

/// <summary>
/// <c>GET /admin/audit</c>: who did what, newest first. <c>from</c>, <c>to</c>, <c>action</c>, <c>limit</c>, <c>before</c>. <c>POST</c>
/// records what a tool is about to do to files, which no request would show.
/// </summary>
internal static class AuditEndpoint
{
    private const int DefaultLimit = 100;

    private static readonly AuditAction[] OfTools = [AuditAction.UrlKeyRotated, AuditAction.UrlKeyRemoved];

    /// <summary>Maps both, for admins.</summary>
    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        var audit = routes.MapAdmin("/admin/audit");
        audit.MapGet("", GetAsync).WithSummary("Who did what, newest first").Produces<AuditReport>().ProducesProblem(StatusCodes.Status400BadRequest);
        audit.MapPost("", RecordAsync).WithSummary("Records what a tool is about to do to files").Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> RecordAsync(HttpContext http, AuditRequest request, AuditLog audit)
    {
        if (AuditEntry.ActionOf(request.Action ?? "") is not { } action || !OfTools.Contains(action))
            return Problem("action", "must be one of " + string.Join(", ", OfTools.Select(AuditEntry.NameOf)));
        await audit.RecordAsync(new AuditEntry(action, request.Target ?? "", AuditActor.Of(http.User), AuditOutcome.Started, http.TraceIdentifier), http.RequestAborted);
        return Results.NoContent();
    }

    private static async Task<IResult> GetAsync(
        AuditTrail trail,
        [Description("ISO 8601; the start of the log where absent.")] string? from,
        [Description("ISO 8601, not included; now where absent.")] string? to,
        [Description("Only entries of this action.")] string? action,
        [Description("The most entries of a page: 1 to 1000, 100 where absent.")] string? limit,
        [Description("The member next of the page before.")] string? before,
        CancellationToken cancellationToken)
    {
        if (!TryTime(from, DateTimeOffset.MinValue, out var start)) return Problem("from", "is not an ISO 8601 time.");
        if (!TryTime(to, DateTimeOffset.MaxValue, out var end)) return Problem("to", "is not an ISO 8601 time.");
        var named = AuditEntry.ActionOf(action ?? "");
        if (named is null && action is { Length: > 0 })
            return Problem("action", "must be one of " + string.Join(", ", Enum.GetValues<AuditAction>().Select(AuditEntry.NameOf)));
        if (!TryLimit(limit, out var most)) return Problem("limit", $"must be from 1 to {AuditTrail.MaxPage}.");
        if (!AuditReport.TryReadPlace(before ?? "", out var place)) return Problem("before", "is not what an answer gave as next.");
        try
        {
            return Results.Json(AuditReport.Of(await trail.ReadAsync(new AuditQuery(start, end, named, most, place), cancellationToken)));
        }
        catch (EventLogUnavailableException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status503ServiceUnavailable, title: "Log unavailable");
        }
    }

    private static bool TryTime(string? text, DateTimeOffset absent, out DateTimeOffset time)
    {
        time = absent;
        return string.IsNullOrEmpty(text)
            || DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }

    private static bool TryLimit(string? text, out int limit)
    {
        limit = DefaultLimit;
        return string.IsNullOrEmpty(text)
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= AuditTrail.MaxPage);
    }

    private static IResult Problem(string parameter, string problem) => Results.Problem(
        $"{parameter} {problem}", statusCode: StatusCodes.Status400BadRequest, extensions: new Dictionary<string, object?> { ["parameter"] = parameter });
}
