using Adclicks.Domain.Clicks;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Ingestion.Rejections;
using Adclicks.Ingestion.Validation;
using Adclicks.Ingestion.Writing;

namespace Adclicks.Ingestion.Commands;

/// <summary>The way of a click, step by step: check, complete, encode, append; answered when durable.</summary>
internal sealed class ClickRecorder(ClickValidator validator, ClickFactory factory, ClickWriter writer, RejectionLog rejections)
{
    /// <summary>What is wrong with a click, which is then on record as refused; null for nothing.</summary>
    public IReadOnlyList<FieldError>? Refuse(RawClick raw, RequestFacts facts)
    {
        if (ClickLimits.AreMetBy(raw)) return null;
        var errors = validator.Explain(raw);
        rejections.Add(facts, raw, errors);
        return errors;
    }

    /// <summary>Records one click that <see cref="Refuse"/> let pass; what comes back completes when it is durable.</summary>
    /// <param name="raw">The click.</param>
    /// <param name="facts">Of its request.</param>
    /// <param name="maySpill">Whether it is kept on this machine while the log is down.</param>
    /// <exception cref="EventLogUnavailableException">The log is away or busy: try again.</exception>
    public PendingClicks Record(RawClick raw, RequestFacts facts, bool maySpill)
    {
        var pending = new PendingClicks([Encode(raw, facts, out _)], facts.Source, facts.CorrelationId, maySpill);
        _ = writer.WriteAsync(pending);
        return pending;
    }

    /// <summary>Records those of the clicks that are within their limits; returns when they are durable.</summary>
    /// <exception cref="EventLogUnavailableException">The log is away or busy: try again, with the same clicks.</exception>
    public async Task<RecordClicksResult> RecordAsync(IReadOnlyList<RawClick> clicks, RequestFacts facts)
    {
        var encoded = new List<EncodedClick>(clicks.Count);
        var eventIds = new List<string>(clicks.Count);
        List<RejectedClick>? rejected = null;
        for (var i = 0; i < clicks.Count; i++)
        {
            if (!ClickLimits.AreMetBy(clicks[i]))
            {
                (rejected ??= []).Add(new(i, validator.Explain(clicks[i])));
                continue;
            }

            encoded.Add(Encode(clicks[i], facts, out var eventId));
            eventIds.Add(eventId);
        }

        if (encoded.Count > 0) await writer.WriteAsync(new PendingClicks([.. encoded], facts.Source, facts.CorrelationId));
        foreach (var click in rejected ?? []) rejections.Add(facts, clicks[click.Index], click.Errors);
        return new(eventIds, rejected ?? []);
    }

    private EncodedClick Encode(RawClick raw, RequestFacts facts, out string eventId)
    {
        var click = factory.Create(raw, facts);
        eventId = click.EventId;
        return new(Partitioner.PartitionOf(click.AdId, writer.Partitions), ClickEncoder.Encode(click), click.ClickedAtMs, RetryMemory.IdentityOf(click));
    }
}
