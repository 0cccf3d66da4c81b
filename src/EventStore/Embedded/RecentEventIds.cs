using System.Numerics;

namespace Adclicks.EventStore.Embedded;

/// <summary>
/// Where the last events were stored, by id: what makes an append without an expected revision idempotent. Bounded, oldest out
/// first. Used by the commit thread alone.
/// </summary>
/// <remarks>
/// A ring of the last events, each with the one before it in the same bucket. What the ring has written over is told by its number:
/// nothing is ever removed, and an event costs one place in each array.
/// </remarks>
internal sealed class RecentEventIds(int capacity)
{
    private readonly Entry[] _ring = new Entry[capacity];
    private readonly long[] _newest = new long[BitOperations.RoundUpToPowerOf2((uint)capacity)];
    private long _added;

    public void Add(uint stream, Guid id, long revision)
    {
        if (Find(stream, id) >= 0) return;
        ref var newest = ref _newest[BucketOf(stream, id)];
        _ring[++_added % capacity] = new(id, stream, revision, newest);
        newest = _added;
    }

    /// <summary>
    /// The last revision of these events where all of them are stored in the stream, one after the other; −1 otherwise.
    /// </summary>
    public long LastRevisionOf(uint stream, IReadOnlyList<EventData> events)
    {
        var first = Find(stream, events[0].Id);
        if (first < 0) return -1;
        for (var i = 1; i < events.Count; i++)
        {
            if (Find(stream, events[i].Id) != first + i) return -1;
        }

        return first + events.Count - 1;
    }

    private long Find(uint stream, Guid id)
    {
        // Numbers begin with 1, and fall along the way.
        for (var number = _newest[BucketOf(stream, id)]; number > Math.Max(0, _added - capacity); number = _ring[number % capacity].Earlier)
        {
            ref readonly var entry = ref _ring[number % capacity];
            if (entry.Stream == stream && entry.Id == id) return entry.Revision;
        }

        return -1;
    }

    private long BucketOf(uint stream, Guid id) => (uint)HashCode.Combine(stream, id) & (_newest.Length - 1);

    /// <param name="Id">Of the event.</param>
    /// <param name="Stream">Its stream's number.</param>
    /// <param name="Revision">Its revision.</param>
    /// <param name="Earlier">The number of the entry added before it in the same bucket; 0 for none.</param>
    private readonly record struct Entry(Guid Id, uint Stream, long Revision, long Earlier);
}
