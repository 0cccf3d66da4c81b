using Adclicks.EventStore;
using Adclicks.Projections.Status;

namespace Adclicks.Admin;

/// <summary><c>GET /admin/status</c>: how many clicks are in the log, and how far the projections are.</summary>
internal static class StatusEndpoint
{
    /// <summary>Maps it, for admins.</summary>
    public static void MapStatus(this IEndpointRouteBuilder routes) =>
        routes.MapAdmin("/admin/status").MapGet("", GetAsync).WithSummary("How many clicks are in the log, and how far the projections are").Produces<StatusReport>();

    private static async Task<IResult> GetAsync(IProjectionStatus projections, IEventLog log, TimeProvider time, CancellationToken cancellationToken)
    {
        var status = await projections.GetAsync(cancellationToken);
        var ahead = await LogAhead.CountAsync(log, status?.Partitions ?? [], cancellationToken);
        var now = time.GetUtcNow();
        var behind = ahead.Sum(a => a.Clicks);
        return Results.Json(new StatusReport(
            (status?.ClicksProjected ?? 0) + behind,
            status is null || ahead.Any(a => !a.IsAll),
            status?.ClicksProjected ?? 0,
            status?.Partitions.Sum(p => p.Lag) ?? 0,
            behind,
            ahead.Count == 0 || ahead.Any(a => a.Watermark is null) ? null : ahead.Max(a => Seconds(now, a.Watermark)),
            status?.DeadLetters ?? 0,
            status?.UnknownEvents ?? 0,
            status?.Generation,
            status?.FreshUntil,
            [.. (status?.Partitions ?? []).Zip(ahead, (p, a) => new PartitionReport(p.Partition, p.Lane, p.Revision, p.LastRevision, p.Lag, p.Clicks, a.Clicks, a.Watermark, Seconds(now, a.Watermark)))],
            [.. (status?.Dropped ?? []).Select(d => new DroppedReport(d.Granularity, d.From, d.To))]));
    }

    private static double? Seconds(DateTimeOffset now, DateTimeOffset? watermark) =>
        watermark is { } until ? Math.Round(Math.Max(0, (now - until).TotalSeconds), 3) : null;
}
