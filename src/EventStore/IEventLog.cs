namespace Adclicks.EventStore;

/// <summary>
/// The log: named streams of events, each with contiguous revisions from 0. The one port of this project; its
/// contract is <c>EventLogContract</c> in the tests, which every adapter passes.
/// </summary>
/// <remarks>
/// Errors that are answers (a conflict, an event too large) are values. <see cref="EventLogUnavailableException"/> is
/// thrown when the log cannot be reached or does not answer in time; an append whose outcome was unknown has by then
/// been settled or is reported as such by <see cref="EventLogUnavailableException.OutcomeUnknown"/>.
/// All members may be called from many threads.
/// </remarks>
public interface IEventLog : IAsyncDisposable
{
    /// <summary>
    /// Appends to one or more streams; when it returns, what it says was appended is durable. Each append is all or
    /// nothing and stands alone: there is no transaction across streams, but all of them share the flush. Appends to the
    /// same stream keep the order of the list, and that of earlier calls from the same caller that awaited them.
    /// Idempotent: an append whose events (by id, in order) are already in the stream where it would go is answered as
    /// appended, with the revision it has.
    /// </summary>
    /// <returns>One result per append, in the order given.</returns>
    ValueTask<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads events from <paramref name="from"/> (inclusive; <see cref="StreamPosition.End"/> for the last when reading
    /// backwards). A stream that does not exist, or was truncated beyond, reads as empty.
    /// </summary>
    IAsyncEnumerable<RecordedEvent> ReadAsync(
        string stream,
        ReadDirection direction,
        long from,
        long maxCount = long.MaxValue,
        CancellationToken cancellationToken = default);

    /// <summary>
    /// All events after <paramref name="afterRevision"/> (−1 for all), then new ones as they come, until cancelled.
    /// A <see cref="SubscriptionMessage.CaughtUp"/> follows whenever the reader has reached the end. Reconnects by
    /// itself, without gap or repeat.
    /// </summary>
    IAsyncEnumerable<SubscriptionMessage> SubscribeAsync(string stream, long afterRevision, CancellationToken cancellationToken = default);

    /// <summary>The last revision of a stream, or −1 where it has none.</summary>
    ValueTask<long> GetLastRevisionAsync(string stream, CancellationToken cancellationToken = default);

    /// <summary>Retention of a stream; all members null where none was set.</summary>
    ValueTask<StreamMetadata> GetMetadataAsync(string stream, CancellationToken cancellationToken = default);

    /// <summary>Sets the retention of a stream. Events it hides are gone for readers at once.</summary>
    ValueTask SetMetadataAsync(string stream, StreamMetadata metadata, CancellationToken cancellationToken = default);

    /// <summary>Returns when the log can take an append; throws <see cref="EventLogUnavailableException"/> otherwise.</summary>
    ValueTask CheckHealthAsync(CancellationToken cancellationToken = default);
}
