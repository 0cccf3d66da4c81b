using Adclicks.Domain.Clicks;
using Adclicks.Domain.Sketches;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Diagnostics;
using Adclicks.Projections.Engine;
using Adclicks.Projections.Leases;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Adclicks.Projections.Explanation.Index;

/// <summary>
/// Keeps the index behind the log: a follower of its own, which reads the ids of clicks and nothing else, so that lanes and rebuilds have no
/// part in it.
/// </summary>
internal sealed class ClickIndexer(IEventLog log, LogPartitions partitions, LockConnections locks, ProjectionThreads threads, NpgsqlDataSource dataSource, IOptions<ClickIndexOptions> options, TimeProvider time, ILogger<ClickIndexer> logger)
    : LockedService("click_index", locks, TimeSpan.FromMilliseconds(options.Value.PollMs), threads, time)
{
    private readonly ClickFilterTable _table = new(dataSource);
    private readonly List<Follower> _followers = [];

    /// <inheritdoc/>
    protected override bool IsWanted => options.Value.Index;

    /// <inheritdoc/>
    protected override async Task BeginAsync(CancellationToken cancellationToken)
    {
        await _table.CreateAsync(cancellationToken);
        var ends = await _table.EndsAsync(cancellationToken);
        for (var p = 0; p < partitions.Count; p++) _followers.Add(new Follower(log, _table, p, await BeginAsync(p, ends, cancellationToken)));
    }

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var follower in _followers) await follower.ReadAsync(cancellationToken);
        if (options.Value.WindowDays > 0) await _table.RemoveBeforeAsync(WindowStart(), cancellationToken);
    }

    /// <inheritdoc/>
    protected override void Failed(Exception reason) => logger.IndexFailed(options.Value.PollMs, reason.Message);

    /// <inheritdoc/>
    protected override void Ended() => _followers.Clear();

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

    private DateTimeOffset WindowStart() => Time.GetUtcNow() - TimeSpan.FromDays(options.Value.WindowDays);

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
                if (recorded.Revision != _next) Leave(recorded.Revision);
                _clicks += Add(recorded);
                _next = recorded.Revision + 1;
                if (_clicks < SplitBlockFilter.Texts) continue;
                await table.AddAsync(new RevisionRange(partition, _from, recorded.Revision), _clicks, recorded.Created, _filter.Bytes, cancellationToken);
                _filter.Clear();
                (_from, _clicks) = (_next, 0);
            }
        }

        /// <summary>What the log no longer has is no part of a filter: it would be said not to be there.</summary>
        private void Leave(long next)
        {
            _filter.Clear();
            (_from, _clicks) = (next, 0);
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
