using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text.Json;
using RocksDbSharp;

namespace Adclicks.EventStore.Embedded;

/// <summary>The streams of a log by name. Numbers are given by the commit thread, in the batch of the first append.</summary>
internal sealed class StreamTable
{
    private readonly ConcurrentDictionary<string, StreamState> _byName = new(StringComparer.Ordinal);
    private uint _nextNumber;

    public IEnumerable<StreamState> All => _byName.Values;

    /// <summary>Reads the streams, their retention and their last revisions.</summary>
    public static StreamTable Load(RocksDb db)
    {
        var table = new StreamTable();
        foreach (var (stream, last) in table.Reload(db)) stream.Last = last;
        return table;
    }

    /// <summary>Reads them of a database that was opened again.</summary>
    /// <returns>Those that have more than is known, each with its last revision there: for the caller to set.</returns>
    /// <exception cref="InvalidDataException">It is not the database it was, or has lost events.</exception>
    public IReadOnlyList<(StreamState Stream, long Last)> Reload(RocksDb db)
    {
        var grown = new List<(StreamState, long)>();
        using var streams = db.NewIterator(readOptions: new ReadOptions().SetIterateUpperBound(LogKeys.AfterStreams));
        using var events = db.NewIterator();
        for (streams.Seek(LogKeys.FirstStream); streams.Valid(); streams.Next())
        {
            var number = BinaryPrimitives.ReadUInt32BigEndian(streams.GetValueSpan());
            var stream = _byName.GetOrAdd(LogKeys.StreamName(streams.GetKeySpan()), static (name, number) => new(number, name), number);
            if (stream.Number != number) throw new InvalidDataException($"Another process has written stream {stream.Name}.");
            stream.Metadata = ReadMetadata(db, number);
            events.SeekForPrev(LogKeys.Event(number, long.MaxValue));
            var last = events.Valid() && LogKeys.IsEventOf(events.GetKeySpan(), number) ? LogKeys.Revision(events.GetKeySpan()) : -1;
            if (last < stream.Last) throw new InvalidDataException($"Stream {stream.Name} ended with event {stream.Last}, and ends with {last} now.");
            if (last > stream.Last) grown.Add((stream, last));
            if (number >= _nextNumber) _nextNumber = number + 1;
        }

        return grown;
    }

    public StreamState? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The stream, made in memory where it is new: the state is complete before anything is stored.</summary>
    public StreamState GetOrAdd(string name) => _byName.GetOrAdd(name, static (n, table) => new StreamState(Interlocked.Increment(ref table._nextNumber) - 1, n), this);

    public static void PutStream(WriteBatch batch, StreamState stream)
    {
        Span<byte> number = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(number, stream.Number);
        batch.Put(LogKeys.Stream(stream.Name), number);
    }

    public static void PutMetadata(WriteBatch batch, StreamState stream, StreamMetadata metadata) =>
        batch.Put(LogKeys.Metadata(stream.Number), JsonSerializer.SerializeToUtf8Bytes(metadata));

    private static StreamMetadata ReadMetadata(RocksDb db, uint number) =>
        db.Get(LogKeys.Metadata(number)) is { } json ? JsonSerializer.Deserialize<StreamMetadata>(json)! : StreamMetadata.None;
}
