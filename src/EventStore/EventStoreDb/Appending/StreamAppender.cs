using Adclicks.EventStore.EventStoreDb.Connection;
using Adclicks.EventStore.EventStoreDb.Diagnostics;
using Adclicks.EventStore.EventStoreDb.Reading;
using Microsoft.Extensions.Logging;

namespace Adclicks.EventStore.EventStoreDb.Appending;

/// <summary>
/// Appends once and for all. A try whose outcome is unknown is settled before the next: the stream is read forward
/// from where it was, looking for the events' ids. When they are not there, the next try expects exactly the revision
/// that was read up to, so that the first, should it still be on its way, and the second cannot both be stored.
/// </summary>
internal sealed class StreamAppender(
    AppendSender sender,
    EventReader reader,
    EventStoreDbOptions options,
    TimeProvider time,
    ILogger log)
{
    private readonly StreamTails _tails = new();

    /// <summary>
    /// Throws <see cref="EventLogUnavailableException"/> when the time is up; what may have been stored by then is
    /// remembered, and settled when the same events come again.
    /// </summary>
    public async Task<AppendResult> AppendAsync(StreamAppend append, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        if (append.Events.Count == 0)
            throw new ArgumentException("An append has at least one event.", nameof(append));
        var inDoubt = _tails.WasLeftUnsettled(append, out var known);
        if (!inDoubt)
            known = await TailAsync(append, cancellationToken);
        try
        {
            var result = await TryUntilSettledAsync(append, known, inDoubt, started, cancellationToken);
            if (result.Succeeded)
                _tails.Reached(append.Stream, result.Revision);
            _tails.Settled(append);
            return result;
        }
        finally
        {
            EventStoreDbMetrics.AppendLatency.Record(time.GetElapsedTime(started).TotalSeconds);
        }
    }

    /// <summary>Makes an append that was stored be found again if the caller, who was not told, repeats it.</summary>
    public void RememberStored(StreamAppend append, long revision) =>
        _tails.LeaveUnsettled(append, revision - append.Events.Count);

    private async Task<AppendResult> TryUntilSettledAsync(
        StreamAppend append, long known, bool inDoubt, long started, CancellationToken cancellationToken)
    {
        var next = append;
        var backoff = new Backoff(options);
        try
        {
            while (true)
            {
                string? reason;
                try
                {
                    if (inDoubt)
                    {
                        var (settled, last) = await LookAsync(append, known, cancellationToken);
                        if (settled is { } result)
                            return result;
                        next = append with { Expected = ExpectedRevision.After(last) };
                    }

                    var attempt = await sender.SendAsync(next, cancellationToken);
                    if (attempt.Refused is { } refusal)
                        throw new EventStoreDbException(refusal);
                    // A conflict of a repeated try is somebody else's append, or our own first that came late.
                    if (attempt.Result is { } answer && !(inDoubt && answer.Outcome == AppendOutcome.WrongExpectedRevision))
                        return answer;
                    if (attempt.MayBeStored && !inDoubt)
                        log.OutcomeUnknown(append.Stream, attempt.Reason, known + 1);
                    inDoubt |= attempt.MayBeStored;
                    reason = attempt.Reason;
                }
                catch (EventLogUnavailableException e) when (inDoubt)
                {
                    reason = e.Message;
                }

                await PauseAsync(append, reason, backoff.Next(), started, inDoubt, cancellationToken);
            }
        }
        catch (Exception e) when (inDoubt && e is EventLogUnavailableException or OperationCanceledException)
        {
            _tails.LeaveUnsettled(append, known);
            throw;
        }
    }

    /// <summary>The answer if the log has one, else the last revision that was looked at.</summary>
    private async Task<(AppendResult? Settled, long Last)> LookAsync(StreamAppend append, long known, CancellationToken cancellationToken)
    {
        EventStoreDbMetrics.AppendsSettled.Add(1);
        var last = known;
        var first = append.Events[0].Id;
        await foreach (var found in reader.ReadFromLeaderAsync(append.Stream, known + 1, cancellationToken))
        {
            last = found.Revision;
            if (found.Id != first)
                continue;
            var revision = found.Revision + append.Events.Count - 1;
            log.FoundStored(append.Stream, revision);
            return (new AppendResult(AppendOutcome.Appended, revision), revision);
        }

        return append.Expected.IsMetBy(last)
            ? (null, last)
            : (new AppendResult(AppendOutcome.WrongExpectedRevision, last), last);
    }

    /// <summary>The revision after which the append will be: as expected, as known, or as the log says.</summary>
    private async ValueTask<long> TailAsync(StreamAppend append, CancellationToken cancellationToken)
    {
        if (append.Expected == ExpectedRevision.NoStream || append.Expected.Value >= 0)
            return append.Expected.Value;
        if (_tails.TryGet(append.Stream, out var known))
            return known;
        known = await reader.GetLastRevisionAsync(append.Stream, cancellationToken);
        _tails.Reached(append.Stream, known);
        return known;
    }

    private async Task PauseAsync(
        StreamAppend append, string? reason, TimeSpan pause, long started, bool inDoubt, CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(started) + pause > TimeSpan.FromMilliseconds(options.AppendTimeoutMs))
        {
            throw new EventLogUnavailableException(
                $"An append to {append.Stream} was not confirmed within {options.AppendTimeoutMs} ms: {reason}", outcomeUnknown: inDoubt);
        }

        await Task.Delay(pause, time, cancellationToken);
    }
}
