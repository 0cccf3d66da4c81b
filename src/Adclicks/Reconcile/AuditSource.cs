using Adclicks.Domain.Clicks;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.EventStoreDb;
using Adclicks.EventStore.EventStoreDb.Connection;
using Adclicks.EventStore.EventStoreDb.Projections;
using Adclicks.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Adclicks.Reconcile;

/// <summary>The projection that counts clicks inside EventStoreDB, on all clusters.</summary>
internal sealed class AuditSource : IAsyncDisposable
{
    // "Faulted (Enabled)", for one.
    private static readonly string[] StandsStill = ["Faulted", "Stopped", "Aborted"];
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);
    private readonly EventStoreDbClusters _clusters;

    private AuditSource(EventStoreDbClusters clusters) => _clusters = clusters;

    /// <summary>The log it counts.</summary>
    public IEventLog Log => _clusters.Log;

    /// <summary>Null where the log is not EventStoreDB, or a cluster of it does not have the projection.</summary>
    /// <exception cref="EventLogUnavailableException">The log is away.</exception>
    public static async Task<AuditSource?> OpenAsync(CancellationToken cancellationToken)
    {
        var configuration = ToolConfiguration.Load();
        if (!EventStoreDbClusters.IsConfigured(configuration)) return null;
        var source = new AuditSource(EventStoreDbClusters.Open(
            configuration, configuration.GetValue("EventStore:Partitions", Partitioner.DefaultCount), new EventStoreDbOptions(), TimeProvider.System, NullLoggerFactory.Instance));
        foreach (var cluster in source._clusters.All.Values)
        {
            if (await AuditProjection.IsInstalledAsync(cluster.Projections, cancellationToken)) continue;
            await source.DisposeAsync();
            return null;
        }

        return source;
    }

    /// <summary>What it has counted of each partition, once it is at least so far.</summary>
    /// <exception cref="InvalidDataException">It does not get there.</exception>
    public async Task<IReadOnlyList<AuditCount>> CountAsync(IReadOnlyList<long> through, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var counts = new AuditCount[through.Count];
        for (var p = 0; p < counts.Length; p++)
        {
            while ((counts[p] = await AuditProjection.CountAsync(_clusters.Of(p).Projections, StreamNames.Clicks(p), cancellationToken)).Through < through[p])
            {
                var state = (await _clusters.Of(p).Projections.ListAsync(AuditProjection.Name, cancellationToken)) is [var first, ..] ? first : null;
                if (state is null || StandsStill.Any(s => state.Status.StartsWith(s, StringComparison.Ordinal)) || time.GetElapsedTime(started) > patience) throw Behind(state);
                await Task.Delay(Poll, time, cancellationToken);
            }
        }

        return counts;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _clusters.Log.DisposeAsync();

    private static InvalidDataException Behind(ProjectionDetails? state) => new(
        $"{AuditProjection.Name} in EventStoreDB is behind the log, at {state?.ProgressPercent ?? 0:F1} %, and {state?.Status ?? "gone"}: wait for it, or start it (adclicks projections enable {AuditProjection.Name}). "
        + string.Join(' ', (state?.StateReason ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
}
