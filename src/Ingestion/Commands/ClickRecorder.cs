using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Ingestion.Rejections;
using Adclicks.Ingestion.Validation;
using Adclicks.Ingestion.Writing;

namespace Adclicks.Ingestion.Commands;

/// <summary>The way of a click, step by step: check, complete, encode, append; answered when durable.</summary>
internal sealed class ClickRecorder(ClickValidator validator, ClickFactory factory, ClickWriter writer, RejectionLog rejections)
{
    /// <summary>Whether a click is recorded without waiting for anything but the log.</summary>
    public bool IsReady => factory.IsReady;

    /// <summary>What is wrong with a click, which is then on record as refused; null for nothing.</summary>
    public IReadOnlyList<FieldError>? Refuse(RawClick raw, RequestFacts facts)
    {
        if (ClickLimits.AreMetBy(raw)) return null;
        var errors = validator.Explain(raw);
        rejections.Add(facts, raw, errors);
        return errors;
    }

    /// <summary>Records one click that <see cref="Refuse"/> let pass; completes when it is durable, or refused.</summary>
    /// <param name="raw">The click.</param>
    /// <param name="facts">Of its request.</param>
    /// <param name="maySpill">Whether it is kept on this machine while the log is down.</param>
    public ValueTask<WriteOutcome> RecordAsync(RawClick raw, RequestFacts facts, bool maySpill)
    {
        if (writer.Begin(facts.Source, facts.CorrelationId, maySpill) is not { } pending) return new(WriteOutcome.Refused);
        Encode(raw, facts, pending);
        return writer.WriteAsync(pending);
    }

    /// <summary>Records those of the clicks that are within their limits; returns when they are durable.</summary>
    /// <param name="clicks">The clicks.</param>
    /// <param name="facts">Of their request.</param>
    /// <param name="pending">What to encode them into.</param>
    /// <exception cref="EventLogUnavailableException">The log is away or busy: try again, with the same clicks.</exception>
    public async Task<RecordClicksResult> RecordAsync(IReadOnlyList<RawClick> clicks, RequestFacts facts, PendingClicks pending)
    {
        var eventIds = new List<string>(clicks.Count);
        List<RejectedClick>? rejected = null;
        for (var i = 0; i < clicks.Count; i++)
        {
            if (ClickLimits.AreMetBy(clicks[i])) eventIds.Add(Encode(clicks[i], facts, pending));
            else (rejected ??= []).Add(new(i, validator.Explain(clicks[i])));
        }

        if (eventIds.Count == 0) pending.Abandon();
        else if (await writer.WriteAsync(pending) == WriteOutcome.Refused) throw new EventLogUnavailableException("The log is away or busy.");
        foreach (var click in rejected ?? []) rejections.Add(facts, clicks[click.Index], click.Errors);
        return new(eventIds, rejected ?? []);
    }

    /// <summary>Adds the click, complete, to what is to be written; its id.</summary>
    private string Encode(RawClick raw, RequestFacts facts, PendingClicks pending)
    {
        try
        {
            var click = factory.Create(raw, facts);
            pending.Add(click, Partitioner.PartitionOf(click.AdId, writer.Partitions));
            return click.EventId;
        }
        catch
        {
            // Nobody will wait for it, and its room would be lost.
            pending.Abandon();
            throw;
        }
    }
}
