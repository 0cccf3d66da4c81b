using Adclicks.Domain.Access;
using Adclicks.Domain.Audit;
using Adclicks.Domain.Streams;
using Adclicks.EventStore.Audit;
using Adclicks.EventStore.Reference;
using Adclicks.Ingestion.Privacy;
using Adclicks.Privacy;
using Adclicks.Projections;
using Adclicks.Projections.Archive;
using Adclicks.Projections.Explanation;
using Adclicks.Projections.Explanation.Index;
using Adclicks.ReadApi.ApiPage;
using Adclicks.ReadApi.Limits;
using Microsoft.Extensions.Options;

namespace Adclicks.Billing;

/// <summary><c>GET /clicks/{id}/explanation</c>: what became of a click, and why. For admins; for its advertiser without personal data.</summary>
internal static class ExplanationEndpoint
{
    private const int Readers = 2;
    private const int MaxAtATime = 2;
    private static readonly SemaphoreSlim Turns = new(MaxAtATime);

    private const string Example = """
        [{"click_id": "e-1", "stream": "clicks-3", "revision": 12, "index": 0, "said": {"ad_id": "banner-1", "campaign_id": "spring"},
          "reference": {"revision": 7, "ad_is_registered": true, "campaign_id": "spring", "advertiser_id": "acme"}, "verdict": "counted",
          "rules": [{"rule": "duplicate:event_id", "outcome": "passed", "facts": {"window_ms": 3600000}}],
          "counted": {"minute": "2026-11-17T10:05:00Z", "hour": "2026-11-17T10:00:00Z", "day": "2026-11-17", "gross": 1, "click": 1, "fraudulent": 0, "billable": 1},
          "billing": {"state": "closed", "hour": "2026-11-17T10:00:00Z", "hash": "5feceb66…", "closed_at": "2026-11-17T12:05:00Z"}}]
        """;

    /// <summary>Maps it.</summary>
    public static void MapExplanation(this IEndpointRouteBuilder routes) => routes.MapGet("/clicks/{id}/explanation", GetAsync).RequireAuthorization(policy => policy
        .RequireAuthenticatedUser().RequireAssertion(context => context.User.IsInRole(Roles.Admin) || StatementEndpoints.OwnId(context.User) is not null))
        .LimitedPerKey()
        .AuditedExport(AuditAction.ClickExplained, "click {id}")
        .WithSummary("What became of a click, and why")
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
        .Answers("application/json", "The clicks with that id; what is personal is there for admins alone.", Example);

    private static async Task<IResult> GetAsync(
        HttpContext http, string id, string? ad_id, WholeLog log, ReferenceFeed reference, LogPartitions partitions, IOptions<ProjectionsOptions> options,
        ClickIndex index, PersonalDataSealer sealer)
    {
        var stop = http.RequestAborted;
        // Each replays a partition.
        await Turns.WaitAsync(stop);
        try
        {
            int[] where = ad_id is null ? [.. Enumerable.Range(0, partitions.Count)] : [Partitioner.PartitionOf(ad_id, partitions.Count)];
            var places = await index.FindAsync(id, where, stop);
            var addresses = await ClickFinder.FindAsync(log, places.Likely, [id], Readers, stop);
            if (addresses.Count == 0) addresses = await ClickFinder.FindAsync(log, places.Older, [id], Readers, stop);
            var explained = await new ClickExplainer(log, reference.History, options.Value.Dedup).ExplainAsync(addresses, Readers, stop);
            explained = http.User.IsInRole(Roles.Admin)
                ? [.. explained.Select(e => e.With(PersonalFields.Of(e.Sealed, sealer)))]
                : [.. explained.Where(e => e.Reference.AdvertiserId == StatementEndpoints.OwnId(http.User)).Select(e => e.WithoutPersonalData())];
            return explained.Count == 0
                ? Results.Problem("There is no such click.", statusCode: StatusCodes.Status404NotFound)
                : Results.Text($"[{string.Join(',', explained.Select(e => e.ToJson()))}]", "application/json");
        }
        catch (InvalidDataException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status409Conflict);
        }
        finally
        {
            Turns.Release();
        }
    }
}
