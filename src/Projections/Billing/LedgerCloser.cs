using Adclicks.Domain.Billing;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.Reference;
using Adclicks.Projections.Archive;
using Adclicks.Projections.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Adclicks.Projections.Billing;

/// <summary>
/// Closes hours. What was read of the log is kept in memory between closes; after whatever goes wrong, and when somebody else has
/// closed, it is thrown away and read anew: the ledger and the log say all there is to know.
/// </summary>
internal sealed class LedgerCloser(
    IEventLog log, WholeLog whole, ReferenceFeed reference, LogPartitions partitions, IOptions<BillingOptions> options, IOptions<ProjectionsOptions> projections, HeadPublisher heads, TimeProvider time, ILogger<LedgerCloser> logger)
    : IBilling, IDisposable
{
    private readonly BillingOptions _options = options.Value;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly LedgerStore _ledger = new(log);
    private LedgerBooks? _books;
    private long _end = -1;

    /// <inheritdoc/>
    public async Task<BillingStatus> GetStatusAsync(CancellationToken cancellationToken = default)
    {
        var (last, _) = await _ledger.LastAsync(cancellationToken);
        long uncovered = 0;
        for (var p = 0; p < partitions.Count; p++)
            uncovered += await log.GetLastRevisionAsync(StreamNames.Clicks(p), cancellationToken) - (last?.Entry.Through[p] ?? -1);
        return new BillingStatus(last?.Entry, last?.Revision ?? -1, Due(), uncovered);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<LedgerEntry>> CloseAsync(CancellationToken cancellationToken = default) => CloseAsync(wait: false, cancellationToken);

    /// <summary>Closes what is due by now.</summary>
    /// <param name="wait">
    /// Leave clicks that arrived in an hour that is not due for its close: so that there is one close an hour, and an import that is under
    /// way is not cut in two.
    /// </param>
    /// <param name="cancellationToken">Stops before the next append.</param>
    internal async Task<IReadOnlyList<LedgerEntry>> CloseAsync(bool wait, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                var (last, end) = await _ledger.LastAsync(cancellationToken);
                if (await PlanAsync(last?.Entry, wait, cancellationToken) is not { } plan) return [];
                if (await TryCloseAsync(plan.Through, plan.EvenIfEmpty, end, cancellationToken) is { } entries) return entries;
                logger.LedgerWrittenByOther();
                await Task.Delay(Random.Shared.Next(50, 500), cancellationToken);
            }
        }
        catch
        {
            _books = null;
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Frees the memory: another process closes. Not while this one does, by command.</summary>
    internal void Forget()
    {
        if (!_gate.Wait(0)) return;
        _books = null;
        _gate.Release();
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private int Due() => BillingHour.LastEndedBefore(time.GetUtcNow(), _options.Lateness);

    private async Task<(int Through, bool EvenIfEmpty)?> PlanAsync(LedgerEntry? last, bool wait, CancellationToken cancellationToken)
    {
        var due = Due();
        var closed = last?.ClosedThrough ?? BillingHour.None;
        if (due <= closed) return null;
        if (!wait) return (due, last is not null);
        // Days without clicks are closed, so that statements can be made; an entry a day is enough for that.
        var endOfDay = ((due + 1) / 24 * 24) - 1;
        if (last is not null && closed < endOfDay) return (due, true);
        return await HasArrivedBeforeAsync(BillingHour.Start(due + 1), last, cancellationToken) ? (due, false) : null;
    }

    /// <summary>Whether an event that no entry covers came before a time.</summary>
    private async Task<bool> HasArrivedBeforeAsync(DateTimeOffset arrival, LedgerEntry? last, CancellationToken cancellationToken)
    {
        for (var p = 0; p < partitions.Count; p++)
        {
            var covered = last?.Through[p] ?? -1;
            var stream = StreamNames.Clicks(p);
            if (await log.GetLastRevisionAsync(stream, cancellationToken) <= covered) continue;
            await foreach (var first in log.ReadAsync(stream, ReadDirection.Forwards, covered + 1, 1, cancellationToken))
            {
                if (first.Created < arrival) return true;
            }
        }

        return false;
    }

    /// <summary>The entries written; null where somebody else wrote.</summary>
    private async Task<IReadOnlyList<LedgerEntry>?> TryCloseAsync(int through, bool evenIfEmpty, long end, CancellationToken cancellationToken)
    {
        if (_books is null || _end != end) await BeginAsync(end, cancellationToken);
        var started = time.GetTimestamp();
        var referenceThrough = await ReferenceThroughAsync(cancellationToken);
        var entries = await _books!.CloseAsync(through, time.GetUtcNow().ToUnixTimeMilliseconds(), referenceThrough, evenIfEmpty, cancellationToken);
        if (entries.Count == 0) return entries;
        if (await _ledger.AppendAsync(entries, end, _options, cancellationToken) is not { } revision)
        {
            _books = null;
            return null;
        }

        _books.Written(entries[^1]);
        _end = revision;
        Report(entries, time.GetElapsedTime(started));
        await heads.PublishAsync(entries[^1], revision, cancellationToken);
        return entries;
    }

    private async Task BeginAsync(long end, CancellationToken cancellationToken)
    {
        var history = new CloseHistory();
        LedgerEntry? last = null;
        await foreach (var (revision, entry) in _ledger.ReadAsync(0, cancellationToken))
        {
            if (revision > end) break;
            if (!entry.PreviousHash.Span.SequenceEqual((last?.Hash ?? LedgerHash.Beginning).Span) || !LedgerHash.Of(entry).AsSpan().SequenceEqual(entry.Hash.Span))
                throw new InvalidDataException($"The entry of {BillingHour.Text(entry.Hour)} in the ledger is not as it was written (billing@{revision}): nothing is closed on top of it. See adclicks reconcile.");
            history.Add(entry with { Rows = [], Adjustments = [] });
            last = entry;
        }

        _books = new LedgerBooks(whole, partitions.Count, history, projections.Value.Dedup, reference.History, _options.Readers);
        _end = end;
    }

    /// <summary>Whoever recorded a click had applied no more than this.</summary>
    private async Task<long> ReferenceThroughAsync(CancellationToken cancellationToken)
    {
        var last = await log.GetLastRevisionAsync(StreamNames.Reference, cancellationToken);
        await reference.WaitForAsync(last, cancellationToken);
        return last;
    }

    private void Report(IReadOnlyList<LedgerEntry> entries, TimeSpan elapsed)
    {
        var late = entries.Sum(e => e.Adjustments.Sum(r => r.Clicks.Gross));
        ProjectionMetrics.HoursClosed.Add(entries.Count);
        ProjectionMetrics.AdjustedClicks.Add(late);
        logger.HoursClosed(entries.Count, BillingHour.Text(entries[^1].ClosedThrough), entries.Sum(e => e.Rows.Sum(r => r.Clicks.Gross)), late, elapsed.TotalMilliseconds, Convert.ToHexStringLower(entries[^1].Hash.Span));
    }
}
