using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Adclicks.Domain.Access;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Adclicks.Ingestion.Rejections;

/// <summary><c>GET /admin/rejections</c>: what was refused and is kept, newest first. <c>limit</c>, <c>before</c>.</summary>
internal static class RejectionEndpoint
{
    private const int DefaultLimit = 100, MaxLimit = 1_000;

    /// <summary>Maps it, for admins.</summary>
    public static void MapRejections(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/admin/rejections", GetAsync).RequireAuthorization(Roles.Admin)
            .WithSummary("Clicks and requests that were refused, newest first: reason, way in, time, and what was beyond its limit, without the values")
            .Produces<RejectionReport>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> GetAsync(
        IEventLog log,
        [Description("The most of a page: 1 to 1000, 100 where absent.")] string? limit,
        [Description("The member next of the page before.")] string? before,
        CancellationToken cancellationToken)
    {
        if (!TryNumber(limit, DefaultLimit, out var most) || most is < 1 or > MaxLimit) return Problem("limit", $"must be from 1 to {MaxLimit}.");
        if (!TryNumber(before, StreamPosition.End, out var end)) return Problem("before", "is not what an answer gave as next.");
        try
        {
            var kept = new List<KeptRejection>();
            if (end > 0)
            {
                var from = end == StreamPosition.End ? end : end - 1;
                await foreach (var recorded in log.ReadAsync(StreamNames.RejectedClicks, ReadDirection.Backwards, from, most, cancellationToken))
                    kept.Add(new(recorded.Revision, JsonSerializer.Deserialize(recorded.Data.Span, RejectionJson.Default.Rejection)!));
            }

            return Results.Json(new RejectionReport(kept, kept.Count < most || kept[^1].Revision == 0 ? null : kept[^1].Revision), RejectionJson.Default.RejectionReport);
        }
        catch (EventLogUnavailableException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status503ServiceUnavailable, title: "Log unavailable");
        }
    }

    private static bool TryNumber(string? text, long absent, out long number)
    {
        number = absent;
        return string.IsNullOrEmpty(text) || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static IResult Problem(string parameter, string problem) => Results.Problem(
        $"{parameter} {problem}", statusCode: StatusCodes.Status400BadRequest, extensions: new Dictionary<string, object?> { ["parameter"] = parameter });
}

/// <summary>A page of what was refused.</summary>
/// <param name="Rejections">Newest first.</param>
/// <param name="Next">The <c>before</c> of the next page; null at the end.</param>
internal sealed record RejectionReport(IReadOnlyList<KeptRejection> Rejections, long? Next);

/// <summary>One of them, and where it is in the stream.</summary>
internal sealed record KeptRejection(long Revision, Rejection Rejection);
