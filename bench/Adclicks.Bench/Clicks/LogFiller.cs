using System.Buffers;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;

namespace Adclicks.Bench.Clicks;

/// <summary>Writes generated clicks to a log, packed as the group commit would.</summary>
internal static class LogFiller
{
    private const int ClicksPerEvent = 256;

    private static readonly DateTimeOffset _start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Fills a log with the week of generated clicks that all measurements are over. Bytes of the payloads.</summary>
    public static Task<long> FillWeekAsync(IEventLog log, long count) => FillAsync(log, Week(count), 0, count, Partitioner.DefaultCount);

    /// <summary>The clicks it is filled with.</summary>
    public static GeneratedClicks Week(long count) => new(count, _start);

    /// <summary>Bytes of the payloads.</summary>
    public static async Task<long> FillAsync(IEventLog log, GeneratedClicks clicks, long from, long to, int partitions)
    {
        var waiting = Enumerable.Range(0, partitions).Select(_ => new ArrayBufferWriter<byte>(64 * 1024)).ToArray();
        var counts = new int[partitions];
        long bytes = 0;
        for (var i = from; i < to; i++)
        {
            var click = clicks[i];
            var partition = Partitioner.PartitionOf(click.AdId, partitions);
            ClickEncoder.Encode(click, waiting[partition]);
            if (++counts[partition] == ClicksPerEvent) bytes += await AppendAsync(partition);
        }

        for (var partition = 0; partition < partitions; partition++)
        {
            if (counts[partition] > 0) bytes += await AppendAsync(partition);
        }

        return bytes;

        async Task<int> AppendAsync(int partition)
        {
            var data = waiting[partition].WrittenSpan.ToArray();
            waiting[partition].ResetWrittenCount();
            counts[partition] = 0;
            await log.AppendAsync(StreamNames.Clicks(partition), ExpectedRevision.Any, [new EventData(Guid.NewGuid(), ClicksRecorded.EventType, data, default)]);
            return data.Length;
        }
    }
}
