using Adclicks.Domain.Clicks;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;

namespace Adclicks.Ingestion.Writing;

/// <summary>Reads the ends of the partitions, so that a retry is known also after a restart.</summary>
internal static class RetryTail
{
    /// <summary>Fills the memories, one per partition, with its last clicks.</summary>
    /// <exception cref="EventLogUnavailableException">The log cannot be read now.</exception>
    public static async Task ReadAsync(IEventLog log, IReadOnlyList<RetryMemory> memories, int clicksPerPartition, CancellationToken cancellationToken)
    {
        for (var partition = 0; partition < memories.Count; partition++)
        {
            var events = new Stack<RecordedEvent>();
            var clicks = 0;
            await foreach (var e in log.ReadAsync(StreamNames.Clicks(partition), ReadDirection.Backwards, StreamPosition.End, clicksPerPartition, cancellationToken))
            {
                events.Push(e);
                clicks += Count(e);
                if (clicks >= clicksPerPartition) break;
            }

            while (events.TryPop(out var e)) Add(e, memories[partition]);
        }
    }

    private static int Count(RecordedEvent e) => e.Type == ClicksRecorded.EventType ? ClicksRecordedMetadata.FromJson(e.Metadata.Span)?.Clicks ?? 1 : 0;

    private static void Add(RecordedEvent e, RetryMemory memory)
    {
        if (e.Type != ClicksRecorded.EventType) return;
        try
        {
            foreach (var click in ClicksRecorded.Read(e.Data.Span)) memory.Add(RetryMemory.IdentityOf(click));
        }
        catch (FormatException)
        {
            // Another producer's malformed event is the projection's to report.
        }
    }
}
