using Adclicks.Domain.Billing;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;

namespace Adclicks.Projections.Archive;

/// <summary>
/// One partition of the log on its way into the archive. It stays where it ended, with the clicks that belong to later entries, so that
/// the next batch need not begin at the start of the log.
/// </summary>
internal sealed class PartitionCollector(IEventLog log, int partition, ArchiveLedger ledger, ReferenceHistory reference) : IJudgedClicks
{
    private readonly PartitionReplay _replay = new(partition, ledger[0].Dedup, reference);
    private readonly TextPool _texts = new();
    private readonly MessagePool _messages = new();
    private List<ArchivedClick> _open = [];
    private ArchiveLedger _ledger = ledger;
    private ArchiveBatch _batch;
    private bool _hasOpen;

    /// <summary>The clicks of each entry of the part.</summary>
    public List<ArchivedClick>[] Clicks { get; private set; } = [];

    /// <summary>The events behind the closes of the batch.</summary>
    public List<ArchivedEvent> Events { get; private set; } = [];

    /// <summary>Whether nothing that a batch needs is behind it.</summary>
    public bool CanGoOnWith(ArchiveLedger now, int firstEntry) => _replay.Revision <= now.CoveredBefore(firstEntry, partition) && _batch.To == _batch.End && _batch.From == _batch.First;

    /// <summary>Reads the batch.</summary>
    /// <exception cref="InvalidDataException">The log lacks an event.</exception>
    public async Task CollectAsync(ArchiveLedger now, ArchiveBatch batch, CancellationToken cancellationToken)
    {
        (_ledger, _batch) = (now, batch);
        Clicks = [.. Enumerable.Range(0, batch.To - batch.From).Select(_ => new List<ArchivedClick>())];
        Events = [];
        var carried = _open;
        _open = [];
        foreach (var click in carried) Place(click);
        var (stream, through) = (StreamNames.Clicks(partition), now[batch.End - 1].Through[partition]);
        await foreach (var recorded in log.ReadAsync(stream, ReadDirection.Forwards, _replay.Revision + 1, through - _replay.Revision, cancellationToken))
        {
            if (recorded.Revision > through) break;
            if (recorded.Revision != _replay.Revision + 1) throw Gap(stream, recorded.Revision);
            Take(recorded);
        }

        if (_replay.Revision < through) throw Gap(stream, through + 1);
    }

    /// <inheritdoc/>
    public void Add(in JudgedClick click)
    {
        var (entry, isLate) = _ledger.History.PlaceOf(partition, click);
        if (entry >= _batch.End) _hasOpen = true;
        else if (entry < _batch.From || entry >= _batch.To) return;
        var row = ArchivedClick.Of(click, isLate, _texts, _messages);
        if (entry >= _batch.End) _open.Add(row);
        else Clicks[entry - _batch.From].Add(row);
    }

    private void Take(RecordedEvent recorded)
    {
        var known = Math.Min(_ledger.History.ReferenceThrough(partition, recorded.Revision, otherwise: long.MaxValue), reference.AppliedRevision);
        var before = _replay.Clicks;
        _hasOpen = false;
        var isApplied = _replay.Apply(recorded.Revision, recorded.Type, recorded.Data.Span, recorded.Metadata.Span, known, this);
        if (recorded.Revision <= _ledger.CoveredBefore(_batch.First, partition)) return;
        var isOfClicks = isApplied && !_hasOpen && ClicksRecorded.IsPacked(recorded.Data.Span);
        Events.Add(new ArchivedEvent(isOfClicks ? recorded with { Data = default } : recorded, isOfClicks, (int)(_replay.Clicks - before)));
    }

    /// <summary>Of a click that was too early for the batch before.</summary>
    private void Place(ArchivedClick click)
    {
        var (entry, isLate) = _ledger.History.PlaceOf(partition, click.Revision, click.Hour);
        if (entry >= _batch.End) _open.Add(click);
        else if (entry >= _batch.From && entry < _batch.To) Clicks[entry - _batch.From].Add(click with { IsAdjustment = isLate });
    }

    private InvalidDataException Gap(string stream, long next) =>
        new($"{stream} has no revisions {_replay.Revision + 1} to {next - 1}, which the ledger covers: there is nothing to archive them from.");
}

/// <summary>What is archived at a time: a part of the entries of some closes.</summary>
/// <param name="First">The first entry of the closes.</param>
/// <param name="End">The entry behind their last.</param>
/// <param name="From">The first entry of the part.</param>
/// <param name="To">The entry behind its last.</param>
internal readonly record struct ArchiveBatch(int First, int End, int From, int To)
{
    /// <summary>The events behind the closes are archived with it.</summary>
    public bool IsLast => To == End;
}
