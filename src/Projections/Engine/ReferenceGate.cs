using Adclicks.Domain.Clicks;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.Reference;
using Adclicks.Projections.Generations;

namespace Adclicks.Projections.Engine;

/// <summary>Holds an event back until this process has applied the reference data it was recorded with.</summary>
internal sealed class ReferenceGate(ReferenceFeed feed, IEventLog log, GenerationRules rules, ProjectionsOptions options, TimeProvider time)
{
    /// <summary>Why the event can never be applied; null when it can be now.</summary>
    /// <exception cref="EventLogUnavailableException">The reference data is behind for longer than it may be.</exception>
    public ValueTask<string?> WaitAsync(RecordedEvent recorded, CancellationToken cancellationToken)
    {
        if (recorded.Type != ClicksRecorded.EventType) return default;
        try
        {
            var revision = rules.RevisionFor(ClicksRecordedMetadata.ReadReferenceRevision(recorded.Metadata.Span));
            return revision <= feed.AppliedRevision ? default : new(WaitAsync(revision, cancellationToken));
        }
        catch (FormatException e)
        {
            return new(e.Message);
        }
    }

    private async Task<string?> WaitAsync(long revision, CancellationToken cancellationToken)
    {
        try
        {
            await feed.WaitForAsync(revision, cancellationToken).AsTask()
                .WaitAsync(TimeSpan.FromMilliseconds(options.ReferenceWaitMs), time, cancellationToken);
            return null;
        }
        catch (TimeoutException e)
        {
            var last = await log.GetLastRevisionAsync(StreamNames.Reference, cancellationToken);
            return revision > last
                ? $"It was recorded with revision {revision} of the reference data, which ends with {last}."
                : throw new EventLogUnavailableException($"The reference data is applied up to {feed.AppliedRevision}, and {revision} is needed.", e);
        }
    }
}
