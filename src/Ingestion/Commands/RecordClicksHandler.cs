using Adclicks.Domain.Clicks;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Ingestion.Diagnostics;
using Adclicks.Ingestion.Rejections;
using Adclicks.Ingestion.Validation;
using Adclicks.Ingestion.Writing;
using MediatR;

namespace Adclicks.Ingestion.Commands;

/// <summary>The way of a click, step by step: check, complete, encode, append; answered when durable.</summary>
internal sealed class RecordClicksHandler(ClickValidator validator, ClickFactory factory, ClickWriter writer, RejectionLog rejections)
    : IRequestHandler<RecordClicks, RecordClicksResult>
{
    private static readonly string[] _sources = ["unspecified", "pixel", "event", "batch"];

    public async Task<RecordClicksResult> Handle(RecordClicks request, CancellationToken cancellationToken)
    {
        var encoded = new List<EncodedClick>(request.Clicks.Count);
        var eventIds = new List<string>(request.Clicks.Count);
        List<RejectedClick>? rejected = null;
        for (var i = 0; i < request.Clicks.Count; i++)
        {
            var raw = request.Clicks[i];
            if (!ClickLimits.AreMetBy(raw))
            {
                (rejected ??= []).Add(new(i, validator.Explain(raw)));
                continue;
            }

            var click = factory.Create(raw, request.Facts);
            eventIds.Add(click.EventId);
            encoded.Add(new(Partitioner.PartitionOf(click.AdId, writer.Partitions), ClickEncoder.Encode(click), click.ClickedAtMs, RetryMemory.IdentityOf(click)));
        }

        await WriteAsync(encoded, request.Facts);
        foreach (var click in rejected ?? []) rejections.Add(request.Facts, request.Clicks[click.Index], click.Errors);
        return new(eventIds, rejected ?? []);
    }

    private async Task WriteAsync(List<EncodedClick> clicks, RequestFacts facts)
    {
        try
        {
            await writer.WriteAsync(clicks, facts.CorrelationId);
            if (clicks.Count > 0) IngestionMetrics.Accepted(clicks.Count, _sources[(int)facts.Source]);
        }
        catch (EventLogUnavailableException)
        {
            IngestionMetrics.Refused(ClickReason.Unavailable, clicks.Count);
            throw;
        }
    }
}
