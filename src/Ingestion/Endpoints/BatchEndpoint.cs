using Adclicks.Domain.Clicks;
using Adclicks.EventStore;
using Adclicks.Ingestion.Bodies;
using Adclicks.Ingestion.Commands;
using Adclicks.Ingestion.Diagnostics;
using Adclicks.Ingestion.Rejections;
using Adclicks.Ingestion.Validation;
using Adclicks.Ingestion.Writing;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion.Endpoints;

/// <summary>
/// <c>POST /track/click_events</c>: many clicks, as a JSON array, as lines of JSON objects or as Protobuf, by content type. Each is
/// accepted or explained on its own; the answer comes when all accepted ones are durable.
/// </summary>
internal sealed class BatchEndpoint(IMediator mediator, ClickWriter writer, RejectionLog rejections, IOptions<IngestionOptions> options)
{
    private readonly BatchLimits _limits = new(options.Value.MaxBatchClicks, options.Value.MaxBatchBytes, options.Value.MaxEventBytes);

    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var facts = RequestReading.FactsOf(context, ClickSource.Batch);
        if (!RequestBody.TryMediaType(context, out var mediaType) || BatchFormat.Of(mediaType) is not { } format)
            return Refuse(facts, new(StatusCodes.Status415UnsupportedMediaType, $"The content type must be {BatchFormat.Json} (an array), {BatchFormat.Ndjson} (lines of objects) or {BatchFormat.Protobuf}."));
        // To read hundreds of clicks is most of what a batch costs: it is let in before, but not to wait for its client.
        await BatchBody.ArriveAsync(context, _limits.MaxBytes, context.RequestAborted);
        if (writer.Begin(ClickSource.Batch, facts.CorrelationId) is not { } pending) return ClickAnswers.Unavailable;
        var (clicks, fault) = await ReadAsync(context, format, pending);
        if (clicks is null) return Refuse(facts, fault);
        try
        {
            return ClickAnswers.Batch(await mediator.Send(new RecordClicks(facts, clicks, pending), CancellationToken.None));
        }
        catch (EventLogUnavailableException)
        {
            return ClickAnswers.Unavailable;
        }
    }

    private async Task<(List<RawClick>? Clicks, BodyFault Fault)> ReadAsync(HttpContext context, BatchFormat format, PendingClicks pending)
    {
        var isRead = false;
        try
        {
            await pending.TakeTurnAsync();
            var body = await BatchBody.ReadAsync(context, format, _limits, pending, context.RequestAborted);
            isRead = body.Clicks is not null;
            return body;
        }
        finally
        {
            if (!isRead) pending.Abandon();
        }
    }

    private IResult Refuse(RequestFacts facts, BodyFault fault)
    {
        rejections.Add(ClickReason.Malformed, facts, [new("body", fault.Problem)]);
        return ClickAnswers.Unreadable(fault);
    }
}
