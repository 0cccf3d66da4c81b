using Adclicks.EventStore.Files;
using RocksDbSharp;

namespace Adclicks.EventStore.Embedded;

/// <summary>
/// The database, which can be closed and opened again while it is in use: who reads holds it meanwhile, and is refused while it is closed.
/// Who writes, closes or opens it takes turns with the others who do.
/// </summary>
internal sealed class LogDatabase(string directory, Func<RocksDb> open)
{
    private const int ProbeBytes = 64 << 10;
    private RocksDb? _db = open();
    private int _readers;

    /// <summary>To write to.</summary>
    /// <exception cref="EventLogUnavailableException">It is closed.</exception>
    public RocksDb Open => Volatile.Read(ref _db) ?? throw new EventLogUnavailableException("The log is not open.");

    /// <summary>To read from, until it is let go of.</summary>
    /// <exception cref="EventLogUnavailableException">It is closed.</exception>
    public Held Hold()
    {
        // Counted before it is looked at: whoever closes it does so in the opposite order.
        Interlocked.Increment(ref _readers);
        if (Volatile.Read(ref _db) is { } db) return new(this, db);
        Interlocked.Decrement(ref _readers);
        throw new EventLogUnavailableException("The log is not open.");
    }

    /// <summary>Returns when the disk has taken something.</summary>
    /// <exception cref="IOException">It does not.</exception>
    public void TryDisk()
    {
        var path = Path.Combine(directory, "probe");
        using (var probe = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            probe.Write(new byte[ProbeBytes]);
            DurableFile.Flush(probe);
        }

        File.Delete(path);
    }

    /// <summary>Closes it and opens what is on disk. What was in the journal alone is in flushed tables then.</summary>
    public RocksDb Reopen()
    {
        Close();
        var db = open();
        Volatile.Write(ref _db, db);
        return db;
    }

    /// <summary>Waits for those who read, whose pages are short, and closes it.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _db, null) is not { } db) return;
        SpinWait.SpinUntil(() => Volatile.Read(ref _readers) == 0);
        db.Dispose();
    }

    /// <summary>Somebody's hold on it.</summary>
    public readonly ref struct Held(LogDatabase database, RocksDb db)
    {
        private readonly LogDatabase _database = database;

        public RocksDb Db { get; } = db;

        public void Dispose() => Interlocked.Decrement(ref _database._readers);
    }
}
