namespace Adclicks.EventStore;

/// <summary>Shorter ways to say common things to a log.</summary>
public static class EventLogExtensions
{
    /// <summary>Appends events to one stream.</summary>
    public static async ValueTask<AppendResult> AppendAsync(
        this IEventLog log,
        string stream,
        ExpectedRevision expected,
        IReadOnlyList<EventData> events,
        CancellationToken cancellationToken = default)
    {
        var results = await log.AppendAsync([new StreamAppend(stream, expected, events)], cancellationToken);
        return results[0];
    }

    /// <summary>The revision that a stream begins with: 0, unless retention has taken the beginning. Of one without events, where its next one goes.</summary>
    public static async ValueTask<long> GetFirstRevisionAsync(this IEventLog log, string stream, CancellationToken cancellationToken = default)
    {
        await foreach (var first in log.ReadAsync(stream, ReadDirection.Forwards, StreamPosition.Start, 1, cancellationToken)) return first.Revision;
        return await log.GetLastRevisionAsync(stream, cancellationToken) + 1;
    }

    /// <summary>The revision of the first event that the log took at a time or later, by halving; one past the end where there is none.</summary>
    public static async ValueTask<long> FindFirstSinceAsync(this IEventLog log, string stream, DateTimeOffset since, CancellationToken cancellationToken = default)
    {
        var (low, high) = (0L, await log.GetLastRevisionAsync(stream, cancellationToken) + 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            RecordedEvent? at = null;
            await foreach (var recorded in log.ReadAsync(stream, ReadDirection.Forwards, middle, 1, cancellationToken)) at = recorded;
            if (at is not null && at.Created < since) low = at.Revision + 1;
            else high = middle;
        }

        return low;
    }
}
