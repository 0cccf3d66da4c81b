using System.Globalization;
using System.Runtime.CompilerServices;
using Adclicks.EventStore;
using Adclicks.Projections.Archive;
using Adclicks.Projections.Archive.Stores;

namespace Adclicks.Projections.Backup;

/// <summary>Events of a log in a backup: Parquet files with the columns of an archive's files of events.</summary>
public static class LogBackup
{
    private const string Prefix = "log/";
    private const int EventsPerFile = 50_000;
    private const long BytesPerFile = 64 << 20;

    /// <summary>Copies streams from a revision of each on.</summary>
    /// <param name="log">The log; it may grow meanwhile.</param>
    /// <param name="streams">The streams with their first revisions, in this order.</param>
    /// <param name="store">The backup.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<(IReadOnlyDictionary<string, StreamRange> Streams, IReadOnlyList<BackupFile> Files)> WriteAsync(
        IEventLog log, IEnumerable<(string Stream, long First)> streams, IArchiveStore store, CancellationToken cancellationToken)
    {
        var (ranges, files, waiting, bytes) = (new Dictionary<string, StreamRange>(), new List<BackupFile>(), new List<ArchivedEvent>(), 0L);
        foreach (var (stream, first) in streams)
        {
            var last = await log.GetLastRevisionAsync(stream, cancellationToken);
            var next = first;
            await foreach (var recorded in log.ReadAsync(stream, ReadDirection.Forwards, first, Math.Max(0, last - first + 1), cancellationToken))
            {
                if (recorded.Revision != next++) throw new InvalidDataException($"{stream} has no revision {next - 1}: a backup of it would not be whole.");
                waiting.Add(new ArchivedEvent(recorded, IsOfClicks: false, 0));
                bytes += recorded.Data.Length + recorded.Metadata.Length;
                if (waiting.Count >= EventsPerFile || bytes >= BytesPerFile) await FlushAsync();
            }

            if (next <= last) throw new InvalidDataException($"{stream} has no revision {next}: a backup of it would not be whole.");
            ranges[stream] = new StreamRange(first, last);
        }

        if (waiting.Count > 0) await FlushAsync();
        return (ranges, files);

        async Task FlushAsync()
        {
            var name = $"{Prefix}{files.Count.ToString("D6", CultureInfo.InvariantCulture)}.parquet";
            files.Add(await BackupFile.WriteAsync(store, name, await EventFile.WriteAsync(waiting, new Dictionary<string, string>(), cancellationToken), cancellationToken));
            (waiting, bytes) = ([], 0);
        }
    }

    /// <summary>The events of a backup, those of a stream in order.</summary>
    /// <exception cref="InvalidDataException">A file is missing or changed.</exception>
    public static async IAsyncEnumerable<RecordedEvent> ReadAsync(BackupIndex index, IArchiveStore store, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var file in index.Files.Where(f => f.Name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            foreach (var e in await EventFile.ReadAsync(await file.ReadAsync(store, cancellationToken), cancellationToken)) yield return e.Event;
        }
    }
}
