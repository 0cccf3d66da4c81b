using System.Globalization;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Archive.Stores;

namespace Adclicks.Projections.Archive;

/// <summary>
/// Copies closed hours to an archive: the clicks of each entry of the ledger, and behind those of one or more closes the events they came
/// in, with the ledger's own and those of the reference data. Each file is read back and checked before the manifest names it, a batch at
/// a time; what is not named does not count, so it can be stopped at any point and run again.
/// </summary>
public sealed class Archiver(IEventLog log, int partitions, ReferenceHistory reference, IArchiveStore store, ArchiveOptions options)
{
    private PartitionCollector[]? _collectors;
    private ArchiveLedger? _ledger;
    private List<ManifestLine>? _lines;

    /// <summary>Archives what is closed and not archived yet.</summary>
    /// <param name="report">Told of each line.</param>
    /// <param name="cancellationToken">Stops within a batch; the batch is then done again.</param>
    /// <exception cref="InvalidDataException">The archive is of another ledger, or a file could not be verified.</exception>
    public async Task RunAsync(Action<ManifestLine> report, CancellationToken cancellationToken)
    {
        try
        {
            var ledger = _ledger ??= new ArchiveLedger();
            await ledger.ReadOnAsync(log, cancellationToken);
            if (_lines is null) CheckIsOf(ledger, _lines = [.. await ArchiveManifest.ReadAsync(store, cancellationToken)]);
            var lines = _lines;
            while (NextBatch(ledger, lines) is { } batch)
            {
                var added = await ArchiveAsync(ledger, batch, cancellationToken);
                lines.AddRange(await ArchiveManifest.AppendAsync(store, lines, added, cancellationToken));
                foreach (var line in lines.TakeLast(added.Count)) report(line);
            }
        }
        catch
        {
            Forget();
            throw;
        }
    }

    /// <summary>Frees the memory; the next run reads the log from its start.</summary>
    public void Forget() => (_collectors, _ledger, _lines) = (null, null, null);

    /// <summary>What is archived whole; nothing before the first run.</summary>
    internal IReadOnlyList<ArchiveGroup> Groups() => _ledger is { } ledger && _lines is { } lines ? ArchiveGroup.Of(ledger, lines, store.Location) : [];

    /// <summary>What comes behind the lines there are; null where nothing does.</summary>
    private ArchiveBatch? NextBatch(ArchiveLedger ledger, List<ManifestLine> lines)
    {
        var written = lines.Count(l => l.IsClicks);
        var first = lines.Take(lines.FindLastIndex(l => !l.IsClicks) + 1).Count(l => l.IsClicks);
        if (first >= ledger.Count) return null;
        var end = ledger.EndOfCloses(first, options.ClicksAtOnce);
        // A part of these closes is there, as they were too many for one; more may have been closed since.
        while (end <= written && end < ledger.Count) end = ledger.EndOfCloses(end, options.ClicksAtOnce);
        return new ArchiveBatch(first, end, written, ledger.EndOfPart(written, end, options.ClicksAtOnce));
    }

    private async Task<List<ManifestLine>> ArchiveAsync(ArchiveLedger ledger, ArchiveBatch batch, CancellationToken cancellationToken)
    {
        if (_collectors is null || !_collectors.All(c => c.CanGoOnWith(ledger, batch.First)))
            _collectors = [.. Enumerable.Range(0, partitions).Select(p => new PartitionCollector(log, p, ledger, reference))];
        var collectors = _collectors;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(collectors, parallel, async (collector, stop) => await collector.CollectAsync(ledger, batch, stop));
        var lines = new ManifestLine[batch.To - batch.From];
        await Parallel.ForEachAsync(Enumerable.Range(0, lines.Length), parallel, async (i, stop) =>
            lines[i] = await WriteClicksAsync(ledger[batch.From + i], [.. collectors.SelectMany(c => c.Clicks[i])], stop));
        if (!batch.IsLast) return [.. lines];
        var events = collectors.SelectMany(c => c.Events).Concat(await OtherEventsAsync(ledger, batch, cancellationToken)).ToList();
        return [.. lines, await WriteEventsAsync(ledger[batch.End - 1], events, cancellationToken)];
    }

    /// <summary>Verified by the hashes: they are over all that the counts of the entry's rows follow from.</summary>
    private async Task<ManifestLine> WriteClicksAsync(LedgerEntry entry, IReadOnlyList<ArchivedClick> rows, CancellationToken cancellationToken)
    {
        var (hour, entryHash) = (BillingHour.Start(entry.Hour), Convert.ToHexStringLower(entry.Hash.Span));
        var name = rows.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"year={hour:yyyy}/month={hour:MM}/day={hour:dd}/hour={hour:HH}/{entryHash[..16]}.parquet");
        var file = rows.Count == 0 ? [] : await WriteAsync(name, await ClickFile.WriteAsync(entry, rows, cancellationToken), cancellationToken);
        foreach (var (what, expected, found) in await ArchiveCheck.CompareAsync(entry, file, cancellationToken))
            throw new InvalidDataException($"{name} does not give what the ledger says of {BillingHour.Text(entry.Hour)}: {what}: {expected}, found {found}. See adclicks reconcile.");
        return ManifestLine.Of(ManifestLine.Clicks, BillingHour.Text(entry.Hour), entryHash, name, rows.Count, file);
    }

    private async Task<ManifestLine> WriteEventsAsync(LedgerEntry last, List<ArchivedEvent> events, CancellationToken cancellationToken)
    {
        var (hour, entryHash) = (BillingHour.Text(last.Hour), Convert.ToHexStringLower(last.Hash.Span));
        var name = $"events/{hour[..13]}-{entryHash[..16]}.parquet";
        var footer = new Dictionary<string, string> { ["adclicks.hour"] = hour, ["adclicks.entry_hash"] = entryHash };
        var file = await WriteAsync(name, await EventFile.WriteAsync(events, footer, cancellationToken), cancellationToken);
        var rows = (await EventFile.ReadAsync(file, cancellationToken)).Count;
        if (rows != events.Count) throw new InvalidDataException($"{name} has {rows} of {events.Count} events.");
        return ManifestLine.Of(ManifestLine.Events, hour, entryHash, name, events.Count, file);
    }

    /// <summary>What of <c>reference</c> and <c>billing</c> belongs to the closes.</summary>
    private async Task<List<ArchivedEvent>> OtherEventsAsync(ArchiveLedger ledger, ArchiveBatch batch, CancellationToken cancellationToken)
    {
        var events = new List<ArchivedEvent>();
        await TakeAsync(StreamNames.Reference, batch.First == 0 ? -1 : ledger[batch.First - 1].ReferenceThrough, ledger[batch.End - 1].ReferenceThrough);
        await TakeAsync(StreamNames.Billing, ledger.FirstRevisionOf(batch.First) - 1, ledger.FirstRevisionOf(batch.End) - 1);
        return events;

        async Task TakeAsync(string stream, long after, long through)
        {
            await foreach (var recorded in log.ReadAsync(stream, ReadDirection.Forwards, after + 1, through - after, cancellationToken))
                events.Add(new ArchivedEvent(recorded, IsOfClicks: false, 0));
        }
    }

    /// <summary>The bytes as they are read back.</summary>
    private async Task<byte[]> WriteAsync(string name, byte[] file, CancellationToken cancellationToken)
    {
        await store.WriteAsync(name, file, cancellationToken);
        var back = await store.ReadAsync(name, cancellationToken) ?? [];
        return back.AsSpan().SequenceEqual(file) ? back : throw new InvalidDataException($"{store.Location}: {name} does not read as it was written.");
    }

    private void CheckIsOf(ArchiveLedger ledger, List<ManifestLine> lines)
    {
        var clicks = lines.Where(l => l.IsClicks).ToList();
        for (var i = 0; i < clicks.Count; i++)
        {
            if (i >= ledger.Count || clicks[i].EntryHash != ledger.HashOf(i)) throw new InvalidDataException($"{store.Location} is an archive of another ledger: they part at {clicks[i].Hour}.");
        }
    }
}
