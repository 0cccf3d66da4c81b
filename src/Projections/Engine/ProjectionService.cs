using Adclicks.EventStore;
using Adclicks.EventStore.Reference;
using Adclicks.Projections.Diagnostics;
using Adclicks.Projections.Leases;
using Adclicks.Projections.Schema;
using Adclicks.Projections.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Adclicks.Projections.Engine;

/// <summary>Projects the active generation: one <see cref="LaneRunner"/> per lane.</summary>
internal sealed class ProjectionService(
    IEventLog log,
    ReferenceFeed reference,
    NpgsqlDataSource dataSource,
    GenerationStore generations,
    IOptions<ProjectionsOptions> options,
    LogPartitions partitions,
    TimeProvider time,
    ILogger<ProjectionService> logger) : BackgroundService
{
    private readonly ProjectionsOptions _options = options.Value;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        if (await PrepareAsync(stoppingToken) is not { } generation) return;
        logger.Starting(generation.Id, generation.Lanes, _options.Owner);
        var leases = new LeaseStore(dataSource, _options);
        var store = new LaneStore(generation, generations.Store(generation.Id), dataSource, leases, _options, time);
        await Task.WhenAll(Enumerable.Range(0, generation.Lanes)
            .Select(lane => new LaneRunner(generation.Id, lane, store, leases, log, reference, _options, time, logger).RunAsync(stoppingToken)));
    }

    /// <summary>Waits for PostgreSQL as long as it takes.</summary>
    private async Task<Generation?> PrepareAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                return await generations.PrepareAsync(Math.Min(_options.Lanes, partitions.Count), partitions.Count, cancellationToken);
            }
            catch (Exception e) when (e is NpgsqlException or Marten.Exceptions.MartenCommandException or TimeoutException)
            {
                logger.DatabaseUnavailable(_options.RetryMaxMs, e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(_options.RetryMaxMs), time, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        return null;
    }
}
