using System.Runtime.CompilerServices;
using Adclicks.Domain.Audit;
using Adclicks.Domain.Streams;

namespace Adclicks.EventStore.Audit;

/// <summary>
/// Reads who did what, newest first: the stream <c>audit</c>, and the streams whose events are actions themselves and
/// name their author, <c>reference</c> and <c>keys</c>. Those are not written twice, so the two cannot disagree.
/// </summary>
public sealed class AuditTrail(IEventLog log)
{
    /// <summary>The most entries on a page.</summary>
    public const int MaxPage = 1_000;

    /// <summary>The most events looked at for one page; it is shorter then, and the next one goes on.</summary>
    private const int MaxLooked = 100_000;

    private static readonly (string Stream, Func<RecordedEvent, AuditEntry?> Read)[] Sources =
    [
        (StreamNames.Audit, AuditSources.OfAudit),
        (StreamNames.Reference, AuditSources.OfReference),
        (StreamNames.Keys, AuditSources.OfKeys),
    ];

    /// <summary>How many streams it reads, and so how many numbers make a place to go on.</summary>
    public static int StreamCount => Sources.Length;

    /// <summary>A page of entries.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="EventLogUnavailableException">The log cannot be read.</exception>
    public async Task<AuditPage> ReadAsync(AuditQuery query, CancellationToken cancellationToken = default)
    {
        var before = query.Before.Count == Sources.Length ? query.Before : [.. Sources.Select(_ => StreamPosition.End)];
        var readers = Sources.Select((s, i) => EventsAsync(s.Stream, before[i], query.From, cancellationToken).GetAsyncEnumerator(cancellationToken)).ToArray();
        try
        {
            return await MergeAsync(query, readers, [.. before]);
        }
        finally
        {
            foreach (var reader in readers) await reader.DisposeAsync();
        }
    }

    private static async Task<AuditPage> MergeAsync(AuditQuery query, IAsyncEnumerator<RecordedEvent>[] readers, long[] before)
    {
        var heads = new RecordedEvent?[readers.Length];
        for (var i = 0; i < readers.Length; i++) heads[i] = await NextAsync(readers[i]);
        var found = new List<AuditRecord>();
        for (var looked = 0; looked < MaxLooked && found.Count < Math.Min(query.Limit, MaxPage); looked++)
        {
            var latest = -1;
            for (var i = 0; i < heads.Length; i++)
            {
                if (heads[i] is { } head && (latest < 0 || head.Created > heads[latest]!.Created)) latest = i;
            }

            if (latest < 0) return new AuditPage(found, []);
            var recorded = heads[latest]!;
            before[latest] = recorded.Revision;
            if (recorded.Created < query.To && Sources[latest].Read(recorded) is { } entry && (query.Action is null || entry.Action == query.Action))
                found.Add(new AuditRecord(recorded.Created, recorded.Stream, recorded.Revision, entry));
            heads[latest] = await NextAsync(readers[latest]);
        }

        return new AuditPage(found, heads.Any(h => h is not null) ? before : []);
    }

    private static async Task<RecordedEvent?> NextAsync(IAsyncEnumerator<RecordedEvent> events) => await events.MoveNextAsync() ? events.Current : null;

    private async IAsyncEnumerable<RecordedEvent> EventsAsync(
        string stream, long before, DateTimeOffset from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (before == 0) yield break;
        var start = before == StreamPosition.End ? before : before - 1;
        await foreach (var recorded in log.ReadAsync(stream, ReadDirection.Backwards, start, cancellationToken: cancellationToken))
        {
            if (recorded.Created < from) yield break;
            yield return recorded;
        }
    }
}

/// <summary>Which entries are asked for.</summary>
/// <param name="From">Not earlier than.</param>
/// <param name="To">Earlier than.</param>
/// <param name="Action">Only these; null for all.</param>
/// <param name="Limit">At most so many, 1 to <see cref="AuditTrail.MaxPage"/>.</param>
/// <param name="Before">Where the page before ended; empty for the first.</param>
public sealed record AuditQuery(DateTimeOffset From, DateTimeOffset To, AuditAction? Action, int Limit, IReadOnlyList<long> Before)
{
    /// <summary>The latest entries.</summary>
    public static AuditQuery Latest(int limit) => new(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, null, limit, []);
}

/// <summary>An entry and where it is.</summary>
/// <param name="At">When the log took it.</param>
/// <param name="Stream">The stream it is in.</param>
/// <param name="Revision">Its place there.</param>
/// <param name="Entry">The entry.</param>
public sealed record AuditRecord(DateTimeOffset At, string Stream, long Revision, AuditEntry Entry);

/// <summary>Entries, newest first.</summary>
/// <param name="Records">May be fewer than asked for although there are more.</param>
/// <param name="Next">Where to go on; empty at the end.</param>
public sealed record AuditPage(IReadOnlyList<AuditRecord> Records, IReadOnlyList<long> Next);
