using Adclicks.Domain.Audit;
using Adclicks.EventStore.Audit;
using Adclicks.Projections.DeadLetters;

namespace Adclicks.Admin;

/// <summary><c>/admin/deadletters</c>: the events set aside, of the active generation or of <c>?generation=N</c>.</summary>
internal static class DeadLetterEndpoints
{
    private const int MaxListed = 1_000;

    /// <summary>Maps them, for admins.</summary>
    public static void MapDeadLetters(this IEndpointRouteBuilder routes)
    {
        var letters = routes.MapAdmin("/admin/deadletters");
        letters.MapGet("", async (IDeadLetters all, int? take, int? generation, CancellationToken cancellationToken) =>
            Results.Json((await all.ListAsync(Math.Clamp(take ?? 100, 1, MaxListed), generation, cancellationToken)).Select(DeadLetterReport.Of))).WithSummary("The events set aside").Produces<IReadOnlyList<DeadLetterReport>>();
        letters.MapGet("{stream}/{revision:long}", async (IDeadLetters all, string stream, long revision, int? generation, CancellationToken cancellationToken) =>
            await all.ShowAsync(stream, revision, generation, cancellationToken) is { } letter ? Results.Json(DeadLetterReport.Of(letter)) : None(stream, revision)).WithSummary("One, with its bytes").Produces<DeadLetterReport>().MayMiss();
        letters.MapPost("{stream}/{revision:long}/retry", async (IDeadLetters all, string stream, long revision, int? generation, CancellationToken cancellationToken) =>
            await all.RetryAsync(stream, revision, generation, cancellationToken) ? Results.Accepted() : None(stream, revision)).Audited(AuditAction.DeadLetterRetried, "{stream}@{revision}")
            .WithSummary("Has it tried again").Produces(StatusCodes.Status202Accepted).MayMiss();
        letters.MapDelete("{stream}/{revision:long}", async (IDeadLetters all, string stream, long revision, int? generation, CancellationToken cancellationToken) =>
            await all.DiscardAsync(stream, revision, generation, cancellationToken) ? Results.NoContent() : None(stream, revision)).Audited(AuditAction.DeadLetterDiscarded, "{stream}@{revision}")
            .WithSummary("Discards it").Produces(StatusCodes.Status204NoContent).MayMiss();
    }

    private static IResult None(string stream, long revision) => Results.Problem($"{stream}@{revision} is not among the dead letters.", statusCode: 404);
}
