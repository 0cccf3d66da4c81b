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
        if (!RequestBody.TryMediaType(context, out var mediaType) || BatchFormat.Expected(mediaType) is not { } expected)
            return Refuse(facts, StatusCodes.Status415UnsupportedMediaType, $"The content type must be {BatchFormat.Json} (an array), {BatchFormat.Ndjson} (lines of objects) or {BatchFormat.Protobuf}.");
        var body = await RequestBody.ReadAsync(context, _maxBytes, context.RequestAborted);
        if (body.Bytes is null) return Refuse(facts, body.Status, body.Problem);
        if (BatchFormat.Read(mediaType, body.Bytes, _maxClicks) is not { } clicks)
            return Refuse(facts, StatusCodes.Status400BadRequest, $"The body must be {expected}.");
        if (clicks.Count > _maxClicks)
            return Refuse(facts, StatusCodes.Status400BadRequest, $"A request holds at most {_maxClicks} clicks.");
        try
        {
            return ClickAnswers.Batch(await mediator.Send(new RecordClicks(facts, clicks), CancellationToken.None));
        }
        catch (EventLogUnavailableException)
        {
            return ClickAnswers.Unavailable(context);
        }
    }

    private IResult Refuse(RequestFacts facts, int status, string detail)
    {
        rejections.Add(ClickReason.Malformed, facts, []);
        return ClickAnswers.Unreadable(status, detail);
    }
}
