using RocksDbSharp;

namespace Adclicks.EventStore.Embedded;

/// <summary>
/// Makes an embedded log out of the events of another one: the same streams, revisions, ids, times and bytes. They may come in any order.
/// Until it is complete it has another name, so that nobody takes a part of a log for one.
/// </summary>
public sealed class EmbeddedLogWriter : IDisposable
{
    private const string Draft = ".incomplete";
    private const int BatchBytes = 8 << 20;
    private readonly string _directory;
    private readonly RocksDb _db;
    private readonly WriteBatch _batch = new();
    private readonly WriteOptions _quick = new WriteOptions().DisableWal(1);
    private readonly StreamTable _streams;
    private readonly Dictionary<StreamState, long> _events = [];
    private long _bytes;
    private bool _isOpen = true;

    private EmbeddedLogWriter(string directory)
    {
        _directory = directory;
        if (Directory.Exists(directory + Draft)) Directory.Delete(directory + Draft, recursive: true);
        _db = EmbeddedDatabase.OpenWithoutJournal(directory + Draft, new EmbeddedLogOptions());
        _streams = StreamTable.Load(_db);
    }

    /// <summary>Begins a log in a folder.</summary>
    /// <exception cref="IOException">There is something in it.</exception>
    public static EmbeddedLogWriter Create(string directory)
    {
        directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any()) throw new IOException($"{directory} is not empty.");
        return new EmbeddedLogWriter(directory);
    }

    /// <summary>The highest revision of a stream so far; −1 for none.</summary>
    public long LastRevisionOf(string stream) => _streams.Find(stream)?.Last ?? -1;

    /// <summary>Adds an event. Each comes once.</summary>
    public void Add(RecordedEvent recorded)
    {
        var stream = _streams.GetOrAdd(recorded.Stream);
        if (_events.TryAdd(stream, 0)) StreamTable.PutStream(_batch, stream);
        _events[stream]++;
        stream.Last = Math.Max(stream.Last, recorded.Revision);
        var written = new EventData(recorded.Id, recorded.Type, recorded.Data, recorded.Metadata);
        var value = new byte[EventCodec.Size(written)];
        EventCodec.Write(written, recorded.Created.ToUnixTimeMilliseconds(), value);
        _batch.Put(LogKeys.Event(stream.Number, recorded.Revision), value);
        _bytes += value.Length;
        if (_bytes >= BatchBytes) Write();
    }

    /// <summary>Streams are whole: revisions from 0 to their last.</summary>
    /// <exception cref="InvalidDataException">One is not.</exception>
    public void CheckWhole()
    {
        foreach (var (stream, events) in _events)
        {
            if (events != stream.Last + 1) throw new InvalidDataException($"{stream.Name} has {events} events, and its last revision is {stream.Last}: some are missing.");
        }
    }

    /// <summary>Ends it: on disk under its name when it returns, with the number of its events.</summary>
    /// <exception cref="InvalidDataException">A stream lacks events.</exception>
    public long Complete()
    {
        CheckWhole();
        Write();
        _db.Flush(new FlushOptions().SetWaitForFlush(true));
        Close();
        if (Directory.Exists(_directory)) Directory.Delete(_directory);
        Directory.Move(_directory + Draft, _directory);
        return _events.Values.Sum();
    }

    /// <summary>Gives up what is not complete.</summary>
    public void Dispose()
    {
        if (!_isOpen) return;
        Close();
        Directory.Delete(_directory + Draft, recursive: true);
    }

    private void Write()
    {
        _db.Write(_batch, _quick);
        _batch.Clear();
        _bytes = 0;
    }

    private void Close()
    {
        _isOpen = false;
        _batch.Dispose();
        _db.Dispose();
    }
}
