using System.Collections.Concurrent;

namespace Adclicks.EventStore.EventStoreDb.Appending;

/// <summary>
/// What is known of the ends of streams: from where to look for an append whose outcome is unknown. Bounded; what is
/// forgotten is asked for again.
/// </summary>
internal sealed class StreamTails
{
    private const int MaxStreams = 16_384;
    private const int MaxUnsettled = 16_384;

    private readonly ConcurrentDictionary<string, long> _lastRevisions = new();
    private readonly ConcurrentDictionary<Guid, long> _unsettled = new();
    private readonly ConcurrentQueue<Guid> _unsettledInOrder = new();

    /// <summary>A revision that the stream has reached at least; false when nothing is known.</summary>
    public bool TryGet(string stream, out long revision) => _lastRevisions.TryGetValue(stream, out revision);

    public void Reached(string stream, long revision)
    {
        if (_lastRevisions.Count >= MaxStreams)
            _lastRevisions.Clear();
        _lastRevisions.AddOrUpdate(stream, static (_, r) => r, static (_, old, r) => Math.Max(old, r), revision);
    }

    /// <summary>
    /// The caller was told that this append may be stored, somewhere after <paramref name="afterRevision"/>. When it
    /// comes again, that is looked up first.
    /// </summary>
    public void LeaveUnsettled(StreamAppend append, long afterRevision)
    {
        if (_unsettled.TryAdd(append.Events[0].Id, afterRevision))
            _unsettledInOrder.Enqueue(append.Events[0].Id);
        while (_unsettledInOrder.Count > MaxUnsettled && _unsettledInOrder.TryDequeue(out var oldest))
            _unsettled.TryRemove(oldest, out _);
    }

    /// <summary>Whether this append was left unsettled, and after which revision to look for it.</summary>
    public bool WasLeftUnsettled(StreamAppend append, out long afterRevision) =>
        _unsettled.TryGetValue(append.Events[0].Id, out afterRevision);

    public void Settled(StreamAppend append) => _unsettled.TryRemove(append.Events[0].Id, out _);
}
