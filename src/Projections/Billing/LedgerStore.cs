using System.Runtime.CompilerServices;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Billing.Statements;
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

    /// <summary>
    /// A revision from which on all entries can be read that close an hour or a later one. Entries lie in the order of their hours, so it
    /// takes a few looks.
    /// </summary>
    public async Task<long> FindAsync(int hour, CancellationToken cancellationToken)
    {
        var (low, high) = (0L, await log.GetLastRevisionAsync(StreamNames.Billing, cancellationToken) + 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (long Revision, LedgerEntry Entry)? next = null;
            await foreach (var found in ReadAsync(middle, cancellationToken))
            {
                next = found;
                break;
            }

            if (next is { } entry && entry.Entry.ClosedThrough < hour) low = entry.Revision + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>The statement of a month.</summary>
    /// <exception cref="InvalidDataException">An event cannot be read.</exception>
    public async Task<Statement> StatementAsync(string advertiserId, BillingMonth month, CancellationToken cancellationToken)
    {
        var builder = new StatementBuilder(advertiserId, month);
        // Parts of an entry that begin before the place found belong to one that is not needed, or are read from their first on.
        await foreach (var (_, entry) in ReadAsync(await FindAsync(builder.FirstHour, cancellationToken), cancellationToken))
        {
            if (!builder.Take(entry)) break;
        }

        return builder.Build();
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
