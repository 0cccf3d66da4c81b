using System.Globalization;
using Adclicks.Domain.Access;
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
        routes.MapGet("/admin/audit", GetAsync).RequireAuthorization(Roles.Admin);
        routes.MapPost("/admin/audit", RecordAsync).RequireAuthorization(Roles.Admin).AddEndpointFilter<AdminProblems>();
    }

    private static async Task<IResult> RecordAsync(HttpContext http, AuditRequest request, AuditLog audit)
    {
        if (AuditEntry.ActionOf(request.Action ?? "") is not { } action || !OfTools.Contains(action))
            return Problem("action", "must be one of " + string.Join(", ", OfTools.Select(AuditEntry.NameOf)));
        await audit.RecordAsync(new AuditEntry(action, request.Target ?? "", AuditActor.Of(http.User), AuditOutcome.Started, http.TraceIdentifier), http.RequestAborted);
        return Results.NoContent();
    }

    private static async Task<IResult> GetAsync(HttpContext http, AuditTrail trail, CancellationToken cancellationToken)
    {
        var parameters = http.Request.Query;
        if (!TryTime(parameters["from"], DateTimeOffset.MinValue, out var from)) return Problem("from", "is not an ISO 8601 time.");
        if (!TryTime(parameters["to"], DateTimeOffset.MaxValue, out var to)) return Problem("to", "is not an ISO 8601 time.");
        var (named, name) = (AuditEntry.ActionOf(parameters["action"].ToString()), parameters["action"].ToString());
        if (named is null && name.Length > 0)
            return Problem("action", "must be one of " + string.Join(", ", Enum.GetValues<AuditAction>().Select(AuditEntry.NameOf)));
        if (!TryLimit(parameters["limit"], out var limit)) return Problem("limit", $"must be from 1 to {AuditTrail.MaxPage}.");
        if (!AuditReport.TryReadPlace(parameters["before"].ToString(), out var before)) return Problem("before", "is not what an answer gave as next.");
        try
        {
            return Results.Json(AuditReport.Of(await trail.ReadAsync(new AuditQuery(from, to, named, limit, before), cancellationToken)));
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
