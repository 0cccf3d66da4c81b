using Adclicks.Domain.Audit;
using Adclicks.EventStore.Audit;
using Adclicks.Projections.Generations;

namespace Adclicks.Admin;

/// <summary><c>/admin/generations</c>: builds, compares, switches and drops generations of read models.</summary>
internal static class GenerationEndpoints
{
    /// <summary>Maps them, for admins.</summary>
    public static void MapGenerations(this IEndpointRouteBuilder routes)
    {
        var generations = routes.MapAdmin("/admin/generations");
        generations.MapGet("", ListAsync).WithSummary("All generations, and how far they are").Produces<IReadOnlyList<GenerationReport>>();
        generations.MapPost("", BuildAsync).Audited(AuditAction.GenerationBuilt).WithSummary("Begins to build one").Produces<GenerationReport>(StatusCodes.Status201Created).MayConflict();
        generations.MapGet("{id:int}", async (IGenerations all, int id, CancellationToken cancellationToken) =>
            await FindAsync(all, id, cancellationToken) is { } found ? Results.Json(found) : None(id)).WithSummary("One, and how far it is").Produces<GenerationReport>().MayMiss();
        generations.MapGet("{id:int}/differences", CompareAsync).WithSummary("In which tables it differs from another, or from the active one").Produces<ComparisonReport>().MayConflict().MayMiss();
        generations.MapPost("{id:int}/switch", SwitchAsync).Audited(AuditAction.GenerationSwitched, "generation {id}")
            .WithSummary("Lets reports read it").Produces(StatusCodes.Status204NoContent).MayConflict();
        generations.MapPost("{id:int}/resume", async (IGenerations all, int id, CancellationToken cancellationToken) =>
        {
            await all.ResumeAsync(id, cancellationToken);
            return Results.NoContent();
        }).Audited(AuditAction.GenerationResumed, "generation {id}").WithSummary("Goes on projecting it").Produces(StatusCodes.Status204NoContent).MayConflict();
        generations.MapDelete("{id:int}", async (IGenerations all, int id, CancellationToken cancellationToken) =>
        {
            await all.DropAsync(id, cancellationToken);
            return Results.NoContent();
        }).Audited(AuditAction.GenerationDropped, "generation {id}").WithSummary("Drops it").Produces(StatusCodes.Status204NoContent).MayConflict();
    }

    private static async Task<IResult> ListAsync(IGenerations all, CancellationToken cancellationToken)
    {
        var reports = new List<GenerationReport>();
        foreach (var g in await all.ListAsync(cancellationToken)) reports.Add(GenerationReport.Of(g, await all.ProgressAsync(g.Id, cancellationToken)));
        return Results.Json(reports);
    }

    private static async Task<IResult> BuildAsync(IGenerations all, BuildRequest? request, CancellationToken cancellationToken)
    {
        var plan = new BuildPlan(request?.LatestRules ?? false, request?.Archive is { Length: > 0 } archive ? archive : null, request?.Partitions);
        var built = await all.BuildAsync(plan, cancellationToken);
        return Results.Json(GenerationReport.Of(built, await all.ProgressAsync(built.Id, cancellationToken)), statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> CompareAsync(IGenerations all, int id, int? with, CancellationToken cancellationToken)
    {
        var known = await all.ListAsync(cancellationToken);
        var other = with ?? known.Single(g => g.State == Generation.Active).Id;
        foreach (var asked in (int[])[id, other])
        {
            if (known.All(g => g.Id != asked)) return None(asked);
        }

        var tables = await all.CompareAsync(id, other, cancellationToken);
        return Results.Json(new ComparisonReport(id, other, tables is not null, [.. (tables ?? []).Select(t => new TableReport(t.Table, t.OnlyInFirst, t.OnlyInSecond))]));
    }

    private static async Task<IResult> SwitchAsync(IGenerations all, int id, bool? despite_dead_letters, bool? despite_lag, CancellationToken cancellationToken)
    {
        var despite = (despite_dead_letters ?? false ? SwitchDespite.DeadLetters : 0) | (despite_lag ?? false ? SwitchDespite.Lag : 0);
        await all.SwitchAsync(id, despite, cancellationToken);
        return Results.NoContent();
    }

    private static async Task<GenerationReport?> FindAsync(IGenerations all, int id, CancellationToken cancellationToken) =>
        (await all.ListAsync(cancellationToken)).SingleOrDefault(g => g.Id == id) is { } found
            ? GenerationReport.Of(found, await all.ProgressAsync(id, cancellationToken))
            : null;

    private static IResult None(int id) => Results.Problem($"There is no generation {id}.", statusCode: StatusCodes.Status404NotFound);
}
