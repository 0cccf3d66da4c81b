using RocksDbSharp;

namespace Adclicks.EventStore.Embedded;

/// <summary>Reads events in bounded pages, and leaves out what retention hides.</summary>
internal sealed class LogReader(LogDatabase database, EmbeddedLogOptions options, TimeProvider clock)
{
    /// <summary>
    /// The visible events from <paramref name="from"/> on, at most a page. <paramref name="next"/> is where to go on;
    /// past the stream's last revision (or before 0, backwards) there is nothing more.
    /// </summary>
    /// <exception cref="EventLogUnavailableException">The log is closed now.</exception>
    public List<RecordedEvent> Page(StreamState stream, ReadDirection direction, long from, long maxCount, out long next)
    {
        var events = new List<RecordedEvent>();
        var last = stream.Last;
        var first = stream.FirstVisible;
        var forwards = direction == ReadDirection.Forwards;
        next = forwards ? Math.Max(from, first) : Math.Min(from, last);
        if (forwards ? next > last : next < first)
        {
            next = forwards ? Math.Max(next, last + 1) : -1;
            return events;
        }

        var visibleSinceMs = stream.Metadata.MaxAge is { } age ? (clock.GetUtcNow() - age).ToUnixTimeMilliseconds() : long.MinValue;
        var bytes = 0;
        using var held = database.Hold();
        using var iterator = held.Db.NewIterator(readOptions: new ReadOptions().SetTotalOrderSeek(true));
        Span<byte> start = stackalloc byte[LogKeys.EventSize];
        LogKeys.Event(start, stream.Number, next);
        for (_ = forwards ? iterator.Seek(start) : iterator.SeekForPrev(start); iterator.Valid(); _ = forwards ? iterator.Next() : iterator.Prev())
        {
            var key = iterator.GetKeySpan();
            if (!LogKeys.IsEventOf(key, stream.Number)) break;
            var revision = LogKeys.Revision(key);
            if (forwards ? revision > last : revision < first) break;
            if (events.Count >= maxCount || events.Count >= options.ReadPageEvents || bytes >= options.ReadPageBytes) return events;
            next = forwards ? revision + 1 : revision - 1;
            var value = iterator.GetValueSpan();
            if (EventCodec.CreatedMs(value) < visibleSinceMs) continue;
            bytes += value.Length;
            events.Add(EventCodec.Read(stream.Name, revision, value.ToArray()));
        }

        next = forwards ? last + 1 : -1;
        return events;
    }
}
