using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Archive.Stores;
using Adclicks.Projections.Diagnostics;
using Adclicks.Projections.Generations;
using Adclicks.Projections.Schema;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Adclicks.Projections.Archive;

/// <summary>What was taken from a stream.</summary>
/// <param name="Stream">One of <c>clicks-…</c>.</param>
/// <param name="From">The revision it began with.</param>
/// <param name="Before">The revision it begins with now.</param>
public sealed record TrimmedStream(string Stream, long From, long Before);

/// <summary>What a run took from the log.</summary>
/// <param name="Streams">Those that begin later now.</param>
/// <param name="IsDone">False where the next run has more to do: what a run looks at is bounded, and read models may be behind.</param>
public sealed record LogTrim(IReadOnlyList<TrimmedStream> Streams, bool IsDone)
{
    /// <summary>Events that went.</summary>
    public long Events => Streams.Sum(s => s.Before - s.From);
}

/// <summary>
/// Takes from the streams of clicks what an archive gives back, by moving <c>$tb</c>. Only events of closes that are archived whole and whose
/// files still are as they were checked, that are older than is to be kept, that every generation has counted, and never the last of a stream.
/// Run again it goes on; whatever it is stopped at, the log has lost nothing else.
/// </summary>
public sealed class LogTrimmer
{
    /// <summary>Closes whose files are read again in a run.</summary>
    private const int MaxGroups = 50;

    private readonly IEventLog _log;
    private readonly NpgsqlDataSource _dataSource;
    private readonly GenerationStore _generations;
    private readonly TimeProvider _time;
    private readonly ILogger<LogTrimmer> _logger;

    internal LogTrimmer(IEventLog log, NpgsqlDataSource dataSource, GenerationStore generations, TimeProvider time, ILogger<LogTrimmer> logger) =>
        (_log, _dataSource, _generations, _time, _logger) = (log, dataSource, generations, time, logger);

    /// <summary>Takes what may go.</summary>
    /// <param name="store">The archive.</param>
    /// <param name="keepDays">What the log took in so many days stays.</param>
    /// <param name="cancellationToken">Stops it between two streams.</param>
    /// <exception cref="InvalidDataException">The archive is of another ledger, or was changed.</exception>
    public async Task<LogTrim> TrimAsync(IArchiveStore store, int keepDays, CancellationToken cancellationToken)
    {
        var ledger = await ArchiveLedger.ReadAsync(_log, cancellationToken);
        return await TrimAsync(ArchiveGroup.Of(ledger, await ArchiveManifest.ReadAsync(store, cancellationToken), store.Location), store, keepDays, cancellationToken);
    }

    /// <summary>The same, by what an archiver knows of the archive.</summary>
    internal async Task<LogTrim> TrimAsync(IReadOnlyList<ArchiveGroup> groups, IArchiveStore store, int keepDays, CancellationToken cancellationToken)
    {
        if (groups.Count == 0) return new LogTrim([], IsDone: true);
        var (streams, isDone) = await LookAsync(groups[^1].Through, keepDays, cancellationToken);
        if (streams.Count == 0) return new LogTrim([], isDone);
        await CheckManifestAsync(groups, store, cancellationToken);
        var through = groups[^1].Through;
        for (int g = 0, looked = 0; g < groups.Count; g++)
        {
            if (!streams.Exists(s => groups[g].Has(s.Partition, s.First, s.Before))) continue;
            if (looked++ == MaxGroups)
            {
                (through, isDone) = (groups[g - 1].Through, false);
                break;
            }

            await groups[g].CheckAsync(store, cancellationToken);
        }

        var trimmed = new List<TrimmedStream>();
        // Under the lock under which generations are made: one that begins finds a beginning that stays until it has counted it.
        await ReadModelSchema.UnderLockAsync(_dataSource, async () =>
        {
            var counted = await CountedAsync(cancellationToken);
            foreach (var stream in streams)
            {
                var before = Math.Min(stream.Before, Math.Min(through[stream.Partition], counted.GetValueOrDefault(stream.Partition, -1)) + 1);
                if (await MoveAsync(StreamNames.Clicks(stream.Partition), before, cancellationToken) is { } moved) trimmed.Add(moved);
            }
        }, cancellationToken);
        return Reported(new LogTrim(trimmed, isDone), keepDays);
    }

    /// <summary>Files that nothing names give nothing back. A line's hash is over those before it.</summary>
    private static async Task CheckManifestAsync(IReadOnlyList<ArchiveGroup> groups, IArchiveStore store, CancellationToken cancellationToken)
    {
        var manifest = await ArchiveManifest.ReadAsync(store, cancellationToken);
        var count = groups.Sum(g => g.Lines.Count);
        if (manifest.Count < count || manifest[count - 1].Hash != groups[^1].Lines[^1].Hash) throw new InvalidDataException($"{store.Location}: the manifest is not as it was written. Nothing is taken from the log.");
    }

    /// <summary>The streams from which something may go; whether read models being behind hold back none.</summary>
    private async Task<(List<Stream> Streams, bool IsAll)> LookAsync(IReadOnlyList<long> archived, int keepDays, CancellationToken cancellationToken)
    {
        var (streams, isAll) = (new List<Stream>(), true);
        var counted = await CountedAsync(cancellationToken);
        var since = _time.GetUtcNow() - TimeSpan.FromDays(keepDays);
        for (var p = 0; p < archived.Count; p++)
        {
            var name = StreamNames.Clicks(p);
            var first = (await _log.GetMetadataAsync(name, cancellationToken)).TruncateBefore ?? 0;
            var before = Math.Min(archived[p] + 1, await _log.GetLastRevisionAsync(name, cancellationToken));
            isAll &= counted.GetValueOrDefault(p, -1) + 1 >= before;
            before = Math.Min(before, counted.GetValueOrDefault(p, -1) + 1);
            if (before > first) before = Math.Min(before, await _log.FindFirstSinceAsync(name, since, cancellationToken));
            if (before > first) streams.Add(new Stream(p, first, before));
        }

        return (streams, isAll);
    }

    /// <summary>Per partition the last revision that all generations have counted: those that stand still too, as they may go on.</summary>
    private async Task<Dictionary<int, long>> CountedAsync(CancellationToken cancellationToken)
    {
        var counted = new Dictionary<int, long>();
        foreach (var generation in await _generations.ListAsync(cancellationToken))
        {
            await using var command = _dataSource.CreateCommand($"SELECT partition, revision FROM {GenerationTables.Schema(generation.Id)}.checkpoints");
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var partition = reader.GetInt16(0);
                counted[partition] = Math.Min(reader.GetInt64(1), counted.GetValueOrDefault(partition, long.MaxValue - 1));
            }
        }

        return counted;
    }

    private async Task<TrimmedStream?> MoveAsync(string stream, long before, CancellationToken cancellationToken)
    {
        var retention = await _log.GetMetadataAsync(stream, cancellationToken);
        var first = retention.TruncateBefore ?? 0;
        if (before <= first) return null;
        await _log.SetMetadataAsync(stream, retention with { TruncateBefore = before }, cancellationToken);
        return new TrimmedStream(stream, first, before);
    }

    private LogTrim Reported(LogTrim trim, int keepDays)
    {
        if (trim.Streams.Count == 0) return trim;
        ProjectionMetrics.TrimmedEvents.Add(trim.Events);
        _logger.LogTrimmed(trim.Events, trim.Streams.Count, keepDays);
        return trim;
    }

    /// <summary>A stream, the revision it begins with, and the one it might begin with.</summary>
    private readonly record struct Stream(int Partition, long First, long Before);
}
