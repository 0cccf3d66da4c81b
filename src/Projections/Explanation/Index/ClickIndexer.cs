using Adclicks.Domain.Clicks;
using Adclicks.Domain.Sketches;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Diagnostics;
using Medallion.Threading.Postgres;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Adclicks.Projections.Explanation.Index;

/// <summary>
/// Keeps the index behind the log: a follower of its own, which reads the ids of clicks and nothing else, so that lanes and rebuilds have no
/// part in it. Of several processes the one with the lock does.
/// </summary>
internal sealed class ClickIndexer(IEventLog log, LogPartitions partitions, NpgsqlDataSource dataSource, IOptions<ClickIndexOptions> options, TimeProvider time, ILogger<ClickIndexer> logger)
    : BackgroundService
{
    private readonly PostgresDistributedLock _lock = new(new PostgresAdvisoryLockKey("adclicks.click_index", allowHashing: true), dataSource);
    private readonly ClickFilterTable _table = new(dataSource);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Index) return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var held = await _lock.TryAcquireAsync(TimeSpan.Zero, stoppingToken);
                if (held is not null) await FollowAsync(held.HandleLostToken, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }
            catch (Exception e)
            {
                logger.IndexFailed(options.Value.PollMs, e.Message);
            }

            await WaitAsync(stoppingToken);
        }
    }

    private async Task FollowAsync(CancellationToken lost, CancellationToken stoppingToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(lost, stoppingToken);
        await _table.CreateAsync(stop.Token);
        var ends = await _table.EndsAsync(stop.Token);
        var followers = new List<Follower>();
        for (var p = 0; p < partitions.Count; p++) followers.Add(new Follower(log, _table, p, await BeginAsync(p, ends, stop.Token)));
        while (!stop.IsCancellationRequested)
        {
            foreach (var follower in followers) await follower.ReadAsync(stop.Token);
            if (options.Value.WindowDays > 0) await _table.RemoveBeforeAsync(WindowStart(), stop.Token);
            await WaitAsync(stop.Token);
        }
    }

    /// <summary>Behind what is indexed; else where the window begins.</summary>
    private async Task<long> BeginAsync(int partition, Dictionary<int, long> ends, CancellationToken cancellationToken)
    {
        var stream = StreamNames.Clicks(partition);
        if (ends.TryGetValue(partition, out var end))
        {
            if (end <= await log.GetLastRevisionAsync(stream, cancellationToken)) return end + 1;
            await _table.RemoveAsync(partition, cancellationToken);
        }

        return options.Value.WindowDays == 0 ? 0 : await log.FindFirstSinceAsync(stream, WindowStart(), cancellationToken);
    }

    private DateTimeOffset WindowStart() => time.GetUtcNow() - TimeSpan.FromDays(options.Value.WindowDays);

    private async Task WaitAsync(CancellationToken cancellationToken) =>
        await Task.Delay(TimeSpan.FromMilliseconds(options.Value.PollMs), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>One partition on its way into the index. What does not fill a filter yet is not in it.</summary>
    private sealed class Follower(IEventLog log, ClickFilterTable table, int partition, long begin)
    {
        private readonly SplitBlockFilter _filter = new();
        private long _from = begin, _next = begin;
        private int _clicks;

        public async Task ReadAsync(CancellationToken cancellationToken)
        {
            await foreach (var recorded in log.ReadAsync(StreamNames.Clicks(partition), ReadDirection.Forwards, _next, cancellationToken: cancellationToken))
            {
                _clicks += Add(recorded);
                _next = recorded.Revision + 1;
                if (_clicks < SplitBlockFilter.Texts) continue;
                await table.AddAsync(new RevisionRange(partition, _from, recorded.Revision), _clicks, recorded.Created, _filter.Bytes, cancellationToken);
                _filter.Clear();
                (_from, _clicks) = (_next, 0);
            }
        }

        private int Add(RecordedEvent recorded)
        {
            var count = 0;
            if (recorded.Type != ClicksRecorded.EventType) return 0;
            try
            {
                foreach (var id in new ClickIds(recorded.Data.Span))
                {
                    _filter.Add(id);
                    count++;
                }
            }
            catch (FormatException)
            {
                // A dead letter: what can be read of it does no harm.
            }

            return count;
        }
    }
}
