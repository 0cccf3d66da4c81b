using Adclicks.Domain.Access;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Status;

namespace Adclicks.Admin;

/// <summary><c>GET /admin/status</c>: how many clicks are in the log, and how far the projections are.</summary>
internal static class StatusEndpoint
{
    /// <summary>Events after the checkpoints that are read to count their clicks; more are not.</summary>
    private const long MaxEventsCounted = 100_000;

    /// <summary>Maps it, for admins.</summary>
    public static void MapStatus(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/admin/status", GetAsync).RequireAuthorization(Roles.Admin);

    private static async Task<IResult> GetAsync(IProjectionStatus projections, IEventLog log, CancellationToken cancellationToken)
    {
        var status = await projections.GetAsync(cancellationToken);
        var (ahead, all) = await CountAheadAsync(log, status?.Partitions ?? [], cancellationToken);
        return Results.Json(new StatusReport(
            (status?.ClicksProjected ?? 0) + ahead,
            !all || status is null,
            status?.ClicksProjected ?? 0,
            status?.Partitions.Sum(p => p.Lag) ?? 0,
            status?.DeadLetters ?? 0,
            status?.UnknownEvents ?? 0,
            status?.Generation,
            status?.FreshUntil,
            [.. (status?.Partitions ?? []).Select(p => new PartitionReport(p.Partition, p.Lane, p.Revision, p.LastRevision, p.Lag, p.Clicks))],
            [.. (status?.Dropped ?? []).Select(d => new DroppedReport(d.Granularity, d.From, d.To))]));
    }

    private static async Task<(long Clicks, bool All)> CountAheadAsync(
        IEventLog log, IReadOnlyList<PartitionStatus> partitions, CancellationToken cancellationToken)
    {
        long clicks = 0, budget = MaxEventsCounted;
        foreach (var partition in partitions.Where(p => p.Lag > 0))
        {
            var take = Math.Min(partition.Lag, budget);
            var events = log.ReadAsync(StreamNames.Clicks(partition.Partition), ReadDirection.Forwards, partition.Revision + 1, take, cancellationToken);
            await foreach (var recorded in events) clicks += ClicksIn(recorded);
            budget -= take;
            if (take < partition.Lag) return (clicks, false);
        }

        return (clicks, true);
    }

    private static int ClicksIn(RecordedEvent recorded)
    {
        if (recorded.Type != ClicksRecorded.EventType) return 0;
        var count = 0;
        try
        {
            foreach (var _ in ClicksRecorded.Read(recorded.Data.Span)) count++;
        }
        catch (FormatException)
        {
            // A dead letter to be; its clicks are not countable.
        }

        return count;
    }
}
