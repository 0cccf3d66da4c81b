using System.Diagnostics;
using System.Threading.Channels;
using Adclicks.Domain.Clicks;
using Adclicks.EventStore;
using Adclicks.EventStore.Reference;
using Adclicks.Ingestion.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion.Writing;

/// <summary>
/// The one writer of clicks of this process: takes all that waits, packs it by partition and appends it in one call.
/// Group commit without a timer. What waits is bounded by partition; a full one refuses at once.
/// </summary>
internal sealed class ClickWriter(
    IEventLog log, ReferenceFeed reference, IOptions<IngestionOptions> options, IOptions<ReferenceFeedOptions> logOptions, TimeProvider time, ILogger<ClickWriter> logger)
    : IHostedService, IDisposable
{
    private const int UnknownOutcomeTries = 5;
    private static readonly TimeSpan _retryPause = TimeSpan.FromMilliseconds(500);
    private readonly IngestionOptions _options = options.Value;
    private readonly Channel<PendingClicks> _queue = Channel.CreateUnbounded<PendingClicks>(new() { SingleReader = true });
    private readonly int[] _waiting = new int[logOptions.Value.Partitions];
    private readonly PartitionBatch[] _batches = [.. Enumerable.Range(0, logOptions.Value.Partitions).Select(p => new PartitionBatch(p))];
    private readonly RetryMemory[] _memories = [.. Enumerable.Range(0, logOptions.Value.Partitions).Select(_ => new RetryMemory(options.Value.RetryMemoryPerPartition))];
    private readonly List<PartitionBatch> _touched = [];
    private readonly int[] _answered = new int[Enum.GetValues<ClickSource>().Length];
    private readonly CancellationTokenSource _stopping = new();
    private volatile bool _ready;
    private Task _running = Task.CompletedTask;

    /// <summary>The number of partitions.</summary>
    public int Partitions => _waiting.Length;

    /// <summary>Completes when the clicks are durable.</summary>
    /// <exception cref="EventLogUnavailableException">The log is away, busy, or not read yet: try again.</exception>
    public Task WriteAsync(PendingClicks pending)
    {
        if (!_ready) throw Refuse(pending, "The log has not been read yet.");
        var clicks = pending.Clicks;
        for (var i = 0; i < clicks.Length; i++)
        {
            if (Interlocked.Increment(ref _waiting[clicks[i].Partition]) <= _options.MaxWaitingPerPartition) continue;
            Release(clicks.AsSpan(0, i + 1));
            throw Refuse(pending, $"Too many clicks wait for partition {clicks[i].Partition}.");
        }

        if (_queue.Writer.TryWrite(pending)) return pending.Task;
        Release(clicks);
        throw Refuse(pending, "The server is stopping.");
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Takes no more, and returns when all that was taken is answered.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        if (!_ready) await _stopping.CancelAsync();
        await using var limit = cancellationToken.Register(_stopping.Cancel);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync()
    {
        await RememberAsync(_stopping.Token);
        _ready = true;
        logger.WriterReady(Partitions);
        var taken = new List<PendingClicks>();
        while (await _queue.Reader.WaitToReadAsync(_stopping.Token))
        {
            Take(taken);
            await CommitAsync(taken);
            taken.Clear();
        }
    }

    private void Take(List<PendingClicks> taken)
    {
        var bytes = 0L;
        while (bytes < _options.MaxBytesPerCommit && _queue.Reader.TryRead(out var pending))
        {
            taken.Add(pending);
            foreach (var click in pending.Clicks)
            {
                bytes += click.Encoded.Length;
                Add(click, pending.CorrelationId);
            }
        }
    }

    private void Add(in EncodedClick click, string correlationId)
    {
        var batch = _batches[click.Partition];
        if (_memories[click.Partition].Knows(click.Identity) || batch.Has(click.Identity))
        {
            IngestionMetrics.Refused(ClickReason.AlreadyRecorded);
            return;
        }

        if (batch.Clicks.Count == 0) _touched.Add(batch);
        batch.Add(click, correlationId);
    }

    private async Task CommitAsync(List<PendingClicks> taken)
    {
        var started = Stopwatch.GetTimestamp();
        Exception? failure = null;
        try
        {
            if (_touched.Count > 0) await AppendAsync();
        }
        catch (Exception e)
        {
            // Whatever it was, nobody is told that a click is stored, and the next commit stands alone.
            failure = e as EventLogUnavailableException ?? new EventLogUnavailableException("The append failed.", e, outcomeUnknown: true);
            logger.AppendFailed(failure.Message, e);
        }

        IngestionMetrics.CommitDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        IngestionMetrics.CommitClicks.Record(_touched.Sum(b => b.Clicks.Count));
        foreach (var batch in _touched) batch.Clear();
        _touched.Clear();
        foreach (var pending in taken)
        {
            Release(pending.Clicks);
            _answered[(int)pending.Source] += pending.Clicks.Length;
            if (failure is null) pending.TrySetResult();
            else pending.TrySetException(failure);
        }

        Count(isDurable: failure is null);
    }

    private void Count(bool isDurable)
    {
        for (var source = 0; source < _answered.Length; source++)
        {
            if (_answered[source] == 0) continue;
            if (isDurable) IngestionMetrics.Accepted(_answered[source], (ClickSource)source);
            else IngestionMetrics.Refused(ClickReason.Unavailable, _answered[source]);
            _answered[source] = 0;
        }
    }

    private async Task AppendAsync()
    {
        var revision = reference.AppliedRevision;
        var appends = _touched.ConvertAll(b => b.ToAppend(_options, revision, time));
        var results = await SettleAsync(appends);
        EventLogUnavailableException? refused = null;
        for (var i = 0; i < results.Count; i++)
        {
            if (results[i].Succeeded)
            {
                foreach (var click in _touched[i].Clicks) _memories[click.Partition].Add(click.Identity);
                continue;
            }

            logger.AppendRefused(appends[i].Stream, results[i].Outcome.ToString());
            refused = new EventLogUnavailableException($"{appends[i].Stream} refused clicks: {results[i].Outcome}.");
        }

        if (refused is not null) throw refused;
    }

    /// <summary>An append that may have been stored is repeated with the same event ids, until the log says which.</summary>
    private async Task<IReadOnlyList<AppendResult>> SettleAsync(IReadOnlyList<StreamAppend> appends)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await log.AppendAsync(appends, _stopping.Token);
            }
            catch (EventLogUnavailableException e) when (e.OutcomeUnknown && attempt < UnknownOutcomeTries)
            {
                await Task.Delay(_retryPause, time, _stopping.Token);
            }
        }
    }

    private static EventLogUnavailableException Refuse(PendingClicks pending, string reason)
    {
        IngestionMetrics.Refused(ClickReason.Unavailable, pending.Clicks.Length);
        return new(reason);
    }

    private void Release(ReadOnlySpan<EncodedClick> clicks)
    {
        foreach (ref readonly var click in clicks) Interlocked.Decrement(ref _waiting[click.Partition]);
    }

    private async Task RememberAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await RetryTail.ReadAsync(log, _memories, _options.RetryMemoryAtStart, cancellationToken);
                return;
            }
            catch (EventLogUnavailableException e)
            {
                logger.WriterWaits(e.Message);
                await Task.Delay(_retryPause, time, cancellationToken);
            }
        }
    }
}
