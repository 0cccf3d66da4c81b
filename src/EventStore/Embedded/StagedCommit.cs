using System.Buffers;
using System.Diagnostics;
using RocksDbSharp;

namespace Adclicks.EventStore.Embedded;

/// <summary>
/// What a commit is going to write: the events of all its appends in one batch, and where their streams end with it. Each append is judged by the
/// log and by those before it in the commit. Used by one thread at a time, and again for the next commit.
/// </summary>
/// <param name="database">Has what was written before.</param>
/// <param name="streams">Where they end.</param>
/// <param name="recent">The last events, by which an append that comes again is known.</param>
/// <param name="clock">Says when events were taken.</param>
internal sealed class StagedCommit(LogDatabase database, StreamTable streams, RecentEventIds recent, TimeProvider clock) : IDisposable
{
    private readonly Dictionary<StreamState, long> _heads = [];
    private readonly List<(StreamState Stream, Guid Id, long Revision)> _written = [];

    /// <summary>To be written.</summary>
    public WriteBatch Batch { get; } = new();

    public void Dispose() => Batch.Dispose();

    /// <summary>Decides on appends, and gives each its result.</summary>
    public void Add(List<PendingAppend> taken)
    {
        var createdMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var pending in taken)
        {
            for (var i = 0; i < pending.Appends.Count; i++)
                pending.Results[i] = Stage(pending.Appends[i], createdMs);
        }
    }

    /// <summary>It is written: the streams end with it.</summary>
    public void Apply()
    {
        foreach (var (stream, id, revision) in _written) recent.Add(stream.Number, id, revision);
        foreach (var (stream, head) in _heads)
        {
            Debug.Assert(head > stream.Last, "A commit only ever adds to a stream.");
            stream.Last = head;
            stream.SignalGrown();
        }

        Clear();
    }

    /// <summary>As if there had been none.</summary>
    public void Clear()
    {
        Batch.Clear();
        _heads.Clear();
        _written.Clear();
    }

    private AppendResult Stage(StreamAppend append, long createdMs)
    {
        var stream = streams.GetOrAdd(append.Stream);
        var head = _heads.TryGetValue(stream, out var staged) ? staged : stream.Last;
        if (Stored(append, stream) is { } stored) return stored;
        if (!append.Expected.IsMetBy(head)) return new(AppendOutcome.WrongExpectedRevision, head);
        if (head < 0) StreamTable.PutStream(Batch, stream);
        foreach (var e in append.Events)
        {
            Put(stream, ++head, e, createdMs);
            _written.Add((stream, e.Id, head));
        }

        _heads[stream] = head;
        return new(AppendOutcome.Appended, head);
    }

    /// <summary>The answer to an append that is in the stream already, from this commit, a recent one, or where it was expected to go.</summary>
    private AppendResult? Stored(StreamAppend append, StreamState stream)
    {
        var last = recent.LastRevisionOf(stream.Number, append.Events);
        if (last >= 0) return new(AppendOutcome.Appended, last);
        if (append.Expected.Value < -1) return StagedNow(append, stream);
        var first = append.Expected.Value + 1;
        if (first + append.Events.Count - 1 > stream.Last) return StagedNow(append, stream);
        for (var i = 0; i < append.Events.Count; i++)
        {
            if (database.Open.Get(LogKeys.Event(stream.Number, first + i)) is not { } value || EventCodec.Id(value) != append.Events[i].Id) return null;
        }

        return new(AppendOutcome.Appended, first + append.Events.Count - 1);
    }

    /// <summary>The same append twice in one commit.</summary>
    private AppendResult? StagedNow(StreamAppend append, StreamState stream)
    {
        if (!_heads.ContainsKey(stream)) return null;
        foreach (var (other, id, revision) in _written)
        {
            if (other == stream && id == append.Events[0].Id) return new(AppendOutcome.Appended, revision + append.Events.Count - 1);
        }

        return null;
    }

    private void Put(StreamState stream, long revision, EventData e, long createdMs)
    {
        Span<byte> key = stackalloc byte[LogKeys.EventSize];
        LogKeys.Event(key, stream.Number, revision);
        var size = EventCodec.Size(e);
        var value = ArrayPool<byte>.Shared.Rent(size);
        EventCodec.Write(e, createdMs, value);
        Batch.Put(key, value.AsSpan(0, size));
        ArrayPool<byte>.Shared.Return(value);
    }
}
