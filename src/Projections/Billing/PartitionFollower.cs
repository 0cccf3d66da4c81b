using Adclicks.Domain.Billing;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;

namespace Adclicks.Projections.Billing;

/// <summary>One partition of the log on its way into the books.</summary>
internal sealed class PartitionFollower(IEventLog log, int partition, CloseHistory history, DedupOptions dedup, ReferenceHistory reference)
{
    private readonly PartitionReplay _replay = new(partition, dedup, reference);

    public PartitionBook Book { get; } = new(history.ClosedThrough, history.Entries.Count == 0 ? -1 : history.Entries[^1].Through[partition]);

    /// <summary>The last revision read; −1 for none.</summary>
    public long Revision => _replay.Revision;

    /// <summary>Reads on.</summary>
    /// <param name="through">The last revision to read.</param>
    /// <param name="referenceThrough">The last revision of the reference data, for events that no entry covers.</param>
    /// <param name="cancellationToken">Stops between events; the follower is then void.</param>
    /// <exception cref="InvalidDataException">The log lacks an event.</exception>
    public async Task ReadAsync(long through, long referenceThrough, CancellationToken cancellationToken)
    {
        if (through <= Revision) return;
        var (stream, next) = (StreamNames.Clicks(partition), through + 1);
        try
        {
            await foreach (var recorded in log.ReadAsync(stream, ReadDirection.Forwards, Revision + 1, through - Revision, cancellationToken))
            {
                next = recorded.Revision;
                if (next > through || next != Revision + 1) break;
                var known = history.ReferenceThrough(partition, recorded.Revision, otherwise: referenceThrough);
                if (!_replay.Apply(recorded.Revision, recorded.Type, recorded.Data.Span, recorded.Metadata.Span, known, Book)) Book.Refuse(recorded.Revision);
            }
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{e.Message} What is to be billed cannot be known.", e);
        }

        if (Revision != through) throw Gap(stream, next > Revision + 1 ? next : through + 1);
    }

    private InvalidDataException Gap(string stream, long next) =>
        new($"{stream} has no revisions {Revision + 1} to {next - 1}: what is to be billed cannot be known.");
}
