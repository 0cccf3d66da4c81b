using Adclicks.Domain.Clicks;
using Adclicks.Domain.Rollups;
using Adclicks.Domain.Sketches;
using Adclicks.EventStore;
using Adclicks.Projections.Aggregation;
using Adclicks.Projections.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Adclicks.Projections.Engine;

/// <summary>Brings one event into a lane's memory: the walk from bytes to counts, without I/O.</summary>
internal sealed class EventApplier(LaneState lane, LaneJoin join, PoisonList poison, ILogger logger)
{
    /// <summary>Those that the join has no part in.</summary>
    private static readonly Dimension[] Own = [.. Dimensions.All.Except(LaneJoin.Joined)];

    /// <summary>Applies the next event of a partition. An event that cannot be applied becomes a dead letter.</summary>
    /// <param name="partition">Where it is.</param>
    /// <param name="recorded">The event.</param>
    /// <param name="refusal">Why it is already known that it cannot be; else null.</param>
    public void Apply(PartitionState partition, RecordedEvent recorded, string? refusal)
    {
        var before = partition.Clicks;
        if (recorded.Type != ClicksRecorded.EventType) Skip(partition, recorded);
        else if ((refusal ?? poison.ReasonFor(recorded)) is { } reason) SetAside(recorded, reason);
        else ApplyClicks(partition, recorded);
        partition.Revision = recorded.Revision;
        partition.Freshness.Applied(recorded.Revision, recorded.Created, (int)(partition.Clicks - before));
    }

    /// <summary>Applies an event that was set aside before. Where it fails again, the lane forgets the attempt.</summary>
    public void Retry(PartitionState partition, RecordedEvent recorded, string? refusal)
    {
        var before = lane.DeadLetters.Count;
        if (refusal is not null) SetAside(recorded, refusal);
        else ApplyClicks(partition, recorded);
        if (lane.DeadLetters.Count == before) lane.Retried.Add(recorded);
    }

    private void ApplyClicks(PartitionState partition, RecordedEvent recorded)
    {
        try
        {
            ClicksRecorded.Validate(recorded.Data.Span);
        }
        catch (FormatException e)
        {
            SetAside(recorded, e.Message);
            return;
        }

        try
        {
            join.At(ClicksRecordedMetadata.ReadReferenceRevision(recorded.Metadata.Span));
            var clicks = 0;
            foreach (var click in ClicksRecorded.Read(recorded.Data.Span))
            {
                Add(partition, click);
                clicks++;
            }

            partition.Clicks += clicks;
            if (logger.IsEnabled(LogLevel.Debug))
                logger.Projected(recorded.Stream, recorded.Revision, clicks, ClicksRecordedMetadata.FromJson(recorded.Metadata.Span)?.CorrelationId);
        }
        catch (Exception e)
        {
            // Half of the event may have been counted: the lane begins anew, and next time sets it aside.
            poison.Add(recorded, e.Message);
            throw;
        }
    }

    private void Add(PartitionState partition, in ClickView click)
    {
        var verdict = partition.Judge.Judge(click, join.Rules);
        var facts = new ClickFacts
        {
            Minute = (int)(click.ClickedAtMs / 60_000),
            IsCounted = verdict.IsCounted,
            IsFraudulent = verdict.Mark is not null,
            User = verdict.IsCounted ? Murmur3.Hash64(click.VisitorHash) : 0,
            Ip = verdict.IsCounted && !click.IpHash.IsEmpty ? Murmur3.Hash64(click.IpHash) : null,
        };
        SetValues(ref facts.Values, click);
        lane.Buffer.Add(facts, verdict.Name);
    }

    private void SetValues(ref DimensionValues values, in ClickView click)
    {
        var known = lane.Buffer.Dictionaries;
        join.SetValues(ref values, click);
        foreach (var dimension in Own) values[(int)dimension] = known[(int)dimension].Intern(dimension.ValueOf(click));
    }

    private void Skip(PartitionState partition, RecordedEvent recorded)
    {
        partition.UnknownEvents++;
        logger.UnknownEvent(recorded.Stream, recorded.Revision, recorded.Type);
    }

    private void SetAside(RecordedEvent recorded, string reason)
    {
        lane.DeadLetters.Add(new DeadLetter(recorded, reason));
        logger.DeadLetter(recorded.Stream, recorded.Revision, reason);
    }
}
