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
}
