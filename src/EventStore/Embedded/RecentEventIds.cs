namespace Adclicks.EventStore.Embedded;

/// <summary>
/// Where the last events were stored, by id: what makes an append without an expected revision idempotent. Bounded,
/// oldest out first. Used by the commit thread alone.
/// </summary>
internal sealed class RecentEventIds(int capacity)
{
    private readonly Dictionary<(uint Stream, Guid Id), long> _revisions = new(Math.Min(capacity, 4096));
    private readonly Queue<(uint Stream, Guid Id)> _order = new(Math.Min(capacity, 4096));

    public void Add(uint stream, Guid id, long revision)
    {
        if (!_revisions.TryAdd((stream, id), revision)) return;
        _order.Enqueue((stream, id));
        if (_order.Count > capacity) _revisions.Remove(_order.Dequeue());
    }

    /// <summary>
    /// The last revision of these events where all of them are stored in the stream, one after the other; −1 otherwise.
    /// </summary>
    public long LastRevisionOf(uint stream, IReadOnlyList<EventData> events)
    {
        if (!_revisions.TryGetValue((stream, events[0].Id), out var first)) return -1;
        for (var i = 1; i < events.Count; i++)
        {
            if (!_revisions.TryGetValue((stream, events[i].Id), out var next) || next != first + i) return -1;
        }

        return first + events.Count - 1;
    }
}
