using System.Threading.Channels;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Ingestion.Privacy;
using Adclicks.Ingestion.Privacy.Keys;
using Adclicks.Projections;
using Adclicks.Projections.Archive;
using Adclicks.Projections.Explanation;
using Adclicks.Projections.Explanation.Index;

namespace Adclicks.Privacy;

/// <summary>A click of a person.</summary>
/// <param name="ClickId">Its event id.</param>
/// <param name="Stream">Where it is.</param>
/// <param name="Revision">Its event there.</param>
/// <param name="Index">Its place in the event.</param>
/// <param name="Said">All that is held of it, opened where it still can be.</param>
internal sealed record PersonClick(string ClickId, string Stream, long Revision, int Index, IReadOnlyDictionary<string, object> Said);

/// <summary>How far a search is.</summary>
/// <param name="Events">Events looked at.</param>
/// <param name="EventsInWindow">Of so many.</param>
/// <param name="Found">Clicks found.</param>
internal sealed record SearchProgress(long Events, long EventsInWindow, long Found);

/// <summary>
/// Finds what is held about a person: the clicks with the person's keyed hash, received on days that still have a key. Payloads are searched
/// for the bytes of the hash, and only those that have them are decoded. Memory is bounded, however much there is.
/// </summary>
internal sealed class PersonSearch(WholeLog log, LogPartitions partitions, IKeyStore keys, PersonalDataSealer sealer)
{
    private const int Readers = 2, Waiting = 256, ProgressEvents = 2_000;

    /// <summary>The clocks of log and nodes may differ by so much.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    /// <summary>Where such clicks can be, and that all of it can be read: who streams an answer knows before it begins.</summary>
    /// <exception cref="InvalidDataException">Some of it is neither in the log nor in an archive that is configured.</exception>
    public async Task<IReadOnlyList<RevisionRange>> RangesAsync(CancellationToken cancellationToken)
    {
        var ranges = new List<RevisionRange>();
        var days = keys.Days();
        if (days.Count == 0) return ranges;
        for (var p = 0; p < partitions.Count; p++)
        {
            var stream = StreamNames.Clicks(p);
            var end = await log.GetLastRevisionAsync(stream, cancellationToken);
            var range = new RevisionRange(p, await log.FindFirstSinceAsync(stream, DateTimeOffset.UnixEpoch.AddDays(days[0]) - ClockSkew, cancellationToken), end);
            await foreach (var _ in log.ReadAsync(stream, ReadDirection.Forwards, range.From, 1, cancellationToken)) break;
            ranges.Add(range);
        }

        return ranges;
    }

    /// <summary>Clicks and progress, as they come: of each item one of the two.</summary>
    /// <param name="ranges">Where to look.</param>
    /// <param name="visitorHash">16 bytes.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public async IAsyncEnumerable<(PersonClick? Click, SearchProgress? Progress)> FindAsync(
        IReadOnlyList<RevisionRange> ranges, byte[] visitorHash, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (ranges.Count == 0) yield break;
        var total = ranges.Sum(r => r.Through - r.From + 1);
        var found = Channel.CreateBounded<(PersonClick?, SearchProgress?)>(Waiting);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var search = SearchAsync(ranges, total, visitorHash, found.Writer, stop.Token);
        try
        {
            await foreach (var item in found.Reader.ReadAllAsync(cancellationToken)) yield return item;
        }
        finally
        {
            await stop.CancelAsync();
            await search.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await search;
    }

    private async Task SearchAsync(
        IReadOnlyList<RevisionRange> ranges, long total, byte[] visitorHash, ChannelWriter<(PersonClick?, SearchProgress?)> to, CancellationToken cancellationToken)
    {
        long events = 0, clicks = 0;
        try
        {
            await Parallel.ForEachAsync(ranges.Where(r => r.Through >= r.From), new ParallelOptions { MaxDegreeOfParallelism = Readers, CancellationToken = cancellationToken }, async (range, stop) =>
            {
                await foreach (var recorded in log.ReadAsync(StreamNames.Clicks(range.Partition), ReadDirection.Forwards, range.From, range.Through - range.From + 1, stop))
                {
                    foreach (var click in ClicksOf(recorded, visitorHash))
                    {
                        Interlocked.Increment(ref clicks);
                        await to.WriteAsync((click, null), stop);
                    }

                    if (Interlocked.Increment(ref events) % ProgressEvents == 0) await to.WriteAsync((null, new SearchProgress(events, total, clicks)), stop);
                }
            });
            await to.WriteAsync((null, new SearchProgress(total, total, clicks)), cancellationToken);
        }
        finally
        {
            to.Complete();
        }
    }

    private List<PersonClick> ClicksOf(RecordedEvent recorded, byte[] visitorHash)
    {
        var found = new List<PersonClick>();
        var payload = recorded.Data.Span;
        if (recorded.Type != ClicksRecorded.EventType || payload.IndexOf(visitorHash) < 0) return found;
        try
        {
            var index = 0;
            foreach (var click in ClicksRecorded.Read(payload))
            {
                if (click.VisitorHash.SequenceEqual(visitorHash)) found.Add(Of(recorded, index, click));
                index++;
            }
        }
        catch (FormatException)
        {
            // A dead letter: nothing reads it as clicks.
        }

        return found;
    }

    private PersonClick Of(RecordedEvent recorded, int index, in ClickView click)
    {
        var said = ClickFields.Of(click);
        var copy = click.Sealed.IsEmpty ? null : new SealedCopy(click.SealedDay, click.VisitorHash.ToArray(), click.Sealed.ToArray());
        foreach (var (name, value) in PersonalFields.Of(copy, sealer)) said[name] = value;
        return new PersonClick(System.Text.Encoding.UTF8.GetString(click.EventId), recorded.Stream, recorded.Revision, index, said);
    }
}
