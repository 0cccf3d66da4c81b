using Adclicks.EventStore;
using Adclicks.EventStore.Reference;
using Adclicks.Projections.Archive;
using Adclicks.Projections.Diagnostics;
using Adclicks.Projections.Leases;
using Adclicks.Projections.Generations;
using Adclicks.Projections.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Adclicks.Projections.Engine;

/// <summary>Projects the generations that are active or being built: one <see cref="LaneRunner"/> per lane of each.</summary>
internal sealed class ProjectionService(
    IEventLog log,
    ReferenceFeed reference,
    NpgsqlDataSource dataSource,
    GenerationStore generations,
    IOptions<ProjectionsOptions> options,
    LogPartitions partitions,
    ArchiveCopies archives,
    ProjectionThreads threads,
    TimeProvider time,
    ILogger<ProjectionService> logger) : BackgroundService
{
    private readonly ProjectionsOptions _options = options.Value;
    private readonly Membership _membership = new(dataSource, options.Value);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var configured = new GenerationRules(_options.Dedup);
        if (await PrepareAsync(configured, stoppingToken) is not { } active) return;
        if (!active.Rules.IsLike(configured)) logger.OtherRules(active.Id, active.Rules.ToJson(), configured.ToJson());
        if (!generations.IsOfCatalogue(active)) logger.OtherRollups(active.Id);
        var running = new Dictionary<int, GenerationRun>();
        while (!stoppingToken.IsCancellationRequested)
        {
            await FollowAsync(running, stoppingToken);
            await Task.Delay(TimeSpan.FromMilliseconds(_options.HeartbeatMs), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await LeaveAsync();
        await Task.WhenAll(running.Values.Select(r => r.StopAsync()));
    }

    /// <summary>From here on nobody leaves a lane to us. Where it cannot be said, our silence will.</summary>
    private async Task LeaveAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(_options.LeaseMs), time);
            await _membership.LeaveAsync(limit.Token);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            logger.DatabaseUnavailable(_options.HeartbeatMs, e.Message);
        }
    }

    /// <summary>Runs what is active or being built, and nothing else.</summary>
    private async Task FollowAsync(Dictionary<int, GenerationRun> running, CancellationToken cancellationToken)
    {
        try
        {
            await _membership.BeatAsync(cancellationToken);
            var wanted = (await generations.ListAsync(cancellationToken)).Where(g => g.State != Generation.Retired).ToDictionary(g => g.Id);
            foreach (var (id, generation) in wanted)
            {
                if (!running.ContainsKey(id)) running[id] = Start(generation, cancellationToken);
            }

            foreach (var id in running.Keys.Except(wanted.Keys).ToArray())
            {
                await running[id].StopAsync();
                running.Remove(id);
            }

            if (!wanted.Values.Any(g => g is { State: Generation.Building, Rules.Archive: not null })) await archives.BuiltAsync();

            foreach (var (id, run) in running)
            {
                if (await _membership.HasTooManyAsync(id, cancellationToken)) run.YieldOne();
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            // The lanes say so themselves, and the next look is soon.
            if (!cancellationToken.IsCancellationRequested) logger.DatabaseUnavailable(_options.HeartbeatMs, e.Message);
        }
    }

    private GenerationRun Start(Generation generation, CancellationToken cancellationToken)
    {
        logger.Starting(generation.Id, generation.Lanes, _options.Owner);
        var leases = new LeaseStore(dataSource, _options);
        var store = new LaneStore(generation, generations.Store(generation.Id), generations.Partitions(generation), dataSource, leases, _options, time);
        var takeover = new LaneTakeover(generation, generations.Partitions(generation), dataSource, leases);
        var source = generation is { State: Generation.Building, Rules.Archive: { } archive } ? archives.Before(archive, log) : log;
        return new GenerationRun(
            Enumerable.Range(0, generation.Lanes).Select(l => new LaneRunner(generation, l, store, leases, takeover, source, reference, _options, time, logger)), threads, cancellationToken);
    }

    /// <summary>Waits for PostgreSQL as long as it takes.</summary>
    private async Task<Generation?> PrepareAsync(GenerationRules rules, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                return await generations.PrepareAsync(Math.Min(_options.Lanes, partitions.Count), partitions.Count, rules, cancellationToken);
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
