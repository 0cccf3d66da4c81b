using Adclicks.Domain.Clicks;
using Adclicks.EventStore;
using Adclicks.Ingestion.Bodies;
using Adclicks.Ingestion.Commands;
using Adclicks.Ingestion.Diagnostics;
using Adclicks.Ingestion.Rejections;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion.Endpoints;

/// <summary>
/// <c>POST /track/click_events</c>: many clicks, as a JSON array, as lines of JSON objects or as Protobuf, by content type. Each is
/// accepted or explained on its own; the answer comes when all accepted ones are durable.
/// </summary>
internal sealed class BatchEndpoint(IMediator mediator, RejectionLog rejections, IOptions<IngestionOptions> options)
{
    private readonly int _maxClicks = options.Value.MaxBatchClicks;
    private readonly int _maxBytes = options.Value.MaxBatchBytes;

    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var facts = RequestReading.FactsOf(context, ClickSource.Batch);
        if (!RequestBody.TryMediaType(context, out var mediaType) || BatchFormat.Of(mediaType) is not { } format)
            return Refuse(facts, new(StatusCodes.Status415UnsupportedMediaType, $"The content type must be {BatchFormat.Json} (an array), {BatchFormat.Ndjson} (lines of objects) or {BatchFormat.Protobuf}."));
        var (clicks, fault) = await BatchBody.ReadAsync(context, format, _maxClicks, _maxBytes, context.RequestAborted);
        if (clicks is null) return Refuse(facts, fault);
        try
        {
            return ClickAnswers.Batch(await mediator.Send(new RecordClicks(facts, clicks), CancellationToken.None));
        }
        catch (EventLogUnavailableException)
        {
            return ClickAnswers.Unavailable;
        }
    }

    private IResult Refuse(RequestFacts facts, BodyFault fault)
    {
        rejections.Add(ClickReason.Malformed, facts, []);
        return ClickAnswers.Unreadable(fault);
    }
}
