using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Archive.Stores;

namespace Adclicks.Projections.Archive;

/// <summary>
/// The events of the log out of its archive, byte for byte: those of <c>clicks-…</c>, <c>reference</c> and <c>billing</c> as far as the last
/// close that is archived whole. Every file is checked against the manifest, and the manifest's chain.
/// </summary>
/// <param name="store">The archive.</param>
/// <param name="clicksAtOnce">Clicks held in memory; of more, the files are read several times.</param>
public sealed class ArchiveReader(IArchiveStore store, int clicksAtOnce)
{
    /// <summary>All events; those of a stream in no order.</summary>
    /// <exception cref="InvalidDataException">A file is missing or changed.</exception>
    public async IAsyncEnumerable<RecordedEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var clicks = new List<ManifestLine>();
        foreach (var line in await LinesAsync(cancellationToken))
        {
            if (line.IsClicks)
            {
                clicks.Add(line);
                continue;
            }

            var events = await EventFile.ReadAsync(await FileAsync(line, cancellationToken), cancellationToken);
            foreach (var e in events.Where(e => !e.IsOfClicks)) yield return e.Event;
            foreach (var some in InParts([.. events.Where(e => e.IsOfClicks)]))
            {
                await foreach (var e in AssembleAsync(some, clicks, cancellationToken)) yield return e;
            }

            clicks.Clear();
        }
    }

    private async Task<IReadOnlyList<ManifestLine>> LinesAsync(CancellationToken cancellationToken)
    {
        var lines = await ArchiveManifest.ReadAsync(store, cancellationToken);
        ArchiveManifest.CheckChain(lines, store.Location);
        return lines;
    }

    /// <summary>Puts clicks back into their events. An event of clicks is in the same closes as all of them.</summary>
    private async IAsyncEnumerable<RecordedEvent> AssembleAsync(IReadOnlyList<ArchivedEvent> events, List<ManifestLine> clicks, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var messages = events.ToDictionary(e => (StreamNames.PartitionOf(e.Event.Stream)!.Value, e.Event.Revision), e => new ReadOnlyMemory<byte>[e.Clicks]);
        var found = 0;
        foreach (var line in clicks.Where(l => l.File.Length > 0))
        {
            await foreach (var click in ClickFile.ReadMessagesAsync(await FileAsync(line, cancellationToken)))
            {
                if (!messages.TryGetValue((click.Partition, click.Revision), out var place)) continue;
                place[click.Index] = click.Message;
                found++;
            }
        }

        if (found != events.Sum(e => e.Clicks)) throw new InvalidDataException($"{store.Location}: {clicks[0].Hour} to {clicks[^1].Hour} lack {events.Sum(e => e.Clicks) - found} clicks.");
        foreach (var e in events) yield return e.Event with { Data = ClicksRecorded.Pack(messages[(StreamNames.PartitionOf(e.Event.Stream)!.Value, e.Event.Revision)]) };
    }

    private IEnumerable<IReadOnlyList<ArchivedEvent>> InParts(List<ArchivedEvent> events)
    {
        var (part, clicks) = (new List<ArchivedEvent>(), 0L);
        foreach (var e in events)
        {
            if (part.Count > 0 && clicks + e.Clicks > clicksAtOnce)
            {
                yield return part;
                (part, clicks) = ([], 0);
            }

            part.Add(e);
            clicks += e.Clicks;
        }

        if (part.Count > 0) yield return part;
    }

    private async Task<byte[]> FileAsync(ManifestLine line, CancellationToken cancellationToken)
    {
        var file = await store.ReadAsync(line.File, cancellationToken) ?? throw new InvalidDataException($"{store.Location}: {line.File} is missing.");
        return Convert.ToHexStringLower(SHA256.HashData(file)) == line.Sha256 ? file : throw new InvalidDataException($"{store.Location}: {line.File} was changed. See adclicks reconcile --source archive.");
    }
}
