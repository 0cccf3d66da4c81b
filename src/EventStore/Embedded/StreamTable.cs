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
        using var streams = db.NewIterator(readOptions: new ReadOptions().SetIterateUpperBound(LogKeys.AfterStreams));
        using var events = db.NewIterator();
        for (streams.Seek(LogKeys.FirstStream); streams.Valid(); streams.Next())
        {
            var number = BinaryPrimitives.ReadUInt32BigEndian(streams.GetValueSpan());
            var stream = new StreamState(number, LogKeys.StreamName(streams.GetKeySpan())) { Metadata = ReadMetadata(db, number) };
            events.SeekForPrev(LogKeys.Event(number, long.MaxValue));
            if (events.Valid() && LogKeys.IsEventOf(events.GetKeySpan(), number)) stream.Last = LogKeys.Revision(events.GetKeySpan());
            table._byName[stream.Name] = stream;
            table._nextNumber = Math.Max(table._nextNumber, number + 1);
        }

        return table;
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
