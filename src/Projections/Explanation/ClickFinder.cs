using System.Text;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Explanation.Index;

namespace Adclicks.Projections.Explanation;

/// <summary>Where a click is in the log.</summary>
/// <param name="Partition">Of the click streams.</param>
/// <param name="Revision">Of its event.</param>
/// <param name="Index">Its place in the event, from 0.</param>
public readonly record struct ClickAddress(int Partition, long Revision, int Index);

/// <summary>
/// Finds clicks by their ids in parts of the log, such as those that the index names: payloads are searched for the bytes of the ids, which
/// goes as fast as they can be read, and only events that have them are decoded.
/// </summary>
public static class ClickFinder
{
    /// <summary>The most ids that payloads are searched for one by one; with more, every click is decoded.</summary>
    private const int MaxSearched = 8;

    /// <summary>All clicks with one of the ids, in the order of their addresses; an id can come several times.</summary>
    /// <param name="log">The log.</param>
    /// <param name="ranges">Where to look.</param>
    /// <param name="ids">Event ids.</param>
    /// <param name="readers">Partitions read at a time.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    public static async Task<IReadOnlyList<ClickAddress>> FindAsync(IEventLog log, IEnumerable<RevisionRange> ranges, IReadOnlyCollection<string> ids, int readers, CancellationToken cancellationToken)
    {
        var found = new List<ClickAddress>();
        var wanted = new HashSet<string>(ids, StringComparer.Ordinal);
        var bytes = ids.Count <= MaxSearched ? ids.Select(Encoding.UTF8.GetBytes).ToArray() : null;
        await Parallel.ForEachAsync(
            ranges,
            new ParallelOptions { MaxDegreeOfParallelism = readers, CancellationToken = cancellationToken },
            async (range, stop) =>
            {
                var count = range.Through == long.MaxValue ? long.MaxValue : range.Through - range.From + 1;
                await foreach (var recorded in log.ReadAsync(StreamNames.Clicks(range.Partition), ReadDirection.Forwards, range.From, count, stop))
                {
                    if (recorded.Type != ClicksRecorded.EventType || (bytes is not null && !MayHave(recorded.Data.Span, bytes))) continue;
                    lock (found) Add(found, range.Partition, recorded, wanted);
                }
            });
        return [.. found.OrderBy(a => a.Partition).ThenBy(a => a.Revision).ThenBy(a => a.Index)];
    }

    private static bool MayHave(ReadOnlySpan<byte> payload, byte[][] ids)
    {
        foreach (var id in ids)
        {
            if (payload.IndexOf(id) >= 0) return true;
        }

        return false;
    }

    private static void Add(List<ClickAddress> found, int partition, RecordedEvent recorded, HashSet<string> wanted)
    {
        try
        {
            var index = 0;
            foreach (var click in ClicksRecorded.Read(recorded.Data.Span))
            {
                if (wanted.Contains(Encoding.UTF8.GetString(click.EventId))) found.Add(new ClickAddress(partition, recorded.Revision, index));
                index++;
            }
        }
        catch (FormatException)
        {
            // A dead letter: it holds no clicks.
        }
    }
}
