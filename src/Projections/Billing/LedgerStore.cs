using System.Runtime.CompilerServices;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;

namespace Adclicks.Projections.Billing;

/// <summary>The stream <c>billing</c>.</summary>
public sealed class LedgerStore(IEventLog log)
{
    /// <summary>All entries, the oldest first, with the revisions of their last parts.</summary>
    /// <param name="from">The revision to begin at.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="InvalidDataException">An event cannot be read.</exception>
    public async IAsyncEnumerable<(long Revision, LedgerEntry Entry)> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = new LedgerReader();
        await foreach (var recorded in log.ReadAsync(StreamNames.Billing, ReadDirection.Forwards, from, cancellationToken: cancellationToken))
        {
            if (Take(reader, recorded) is { } entry) yield return (recorded.Revision, entry);
        }
    }

    /// <summary>The last entry, whole, with its revision; null before the first. And the last revision of the stream.</summary>
    /// <exception cref="InvalidDataException">An event cannot be read.</exception>
    public async Task<((long Revision, LedgerEntry Entry)? Last, long End)> LastAsync(CancellationToken cancellationToken)
    {
        var end = await log.GetLastRevisionAsync(StreamNames.Billing, cancellationToken);
        for (long back = 8, from = end; from > 0 || back == 8; back *= 8)
        {
            if (end < 0) break;
            from = Math.Max(0, end - back);
            (long, LedgerEntry)? last = null;
            await foreach (var found in ReadAsync(from, cancellationToken)) last = found.Revision <= end ? found : last;
            if (last is not null) return (last, end);
        }

        return (null, end);
    }

    /// <summary>Appends entries behind a revision, some at a time. The last revision written; null where somebody else wrote.</summary>
    public async Task<long?> AppendAsync(IReadOnlyList<LedgerEntry> entries, long end, BillingOptions options, CancellationToken cancellationToken)
    {
        var waiting = new List<EventData>();
        long bytes = 0;
        foreach (var part in entries.SelectMany(e => LedgerEvents.ToJson(e, options.RowsPerEvent)))
        {
            if (waiting.Count > 0 && bytes + part.Length > options.AppendBytes)
            {
                if (await AppendAsync(waiting, end, cancellationToken) is not { } revision) return null;
                (end, bytes, waiting) = (revision, 0, []);
            }

            waiting.Add(new EventData(Guid.CreateVersion7(), LedgerEvents.HourClosed, part, default, IsJson: true));
            bytes += part.Length;
        }

        return await AppendAsync(waiting, end, cancellationToken);
    }

    private async Task<long?> AppendAsync(IReadOnlyList<EventData> events, long end, CancellationToken cancellationToken)
    {
        var result = await log.AppendAsync(StreamNames.Billing, ExpectedRevision.After(end), events, cancellationToken);
        return result.Outcome switch
        {
            AppendOutcome.Appended => result.Revision,
            AppendOutcome.WrongExpectedRevision => null,
            _ => throw new InvalidDataException($"The ledger could not be written: {result.Outcome}."),
        };
    }

    private static LedgerEntry? Take(LedgerReader reader, RecordedEvent recorded)
    {
        try
        {
            return reader.Take(recorded.Type, recorded.Data.Span);
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"Event {recorded.Revision} of {recorded.Stream}: {e.Message}", e);
        }
    }
}
