using Adclicks.Domain.Clicks;
using Adclicks.EventStore;
using Adclicks.Ingestion.Bodies;
using Adclicks.Ingestion.Commands;
using Adclicks.Ingestion.Diagnostics;
using Adclicks.Ingestion.Rejections;
using Adclicks.Ingestion.Writing;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion.Endpoints;

/// <summary><c>POST /track/click_event</c>: one click as a JSON object. A key is not needed; with one, its word is taken.</summary>
internal sealed class EventEndpoint(IMediator mediator, ClickWriter writer, RejectionLog rejections, IOptions<IngestionOptions> options)
{
    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var facts = RequestReading.FactsOf(context, ClickSource.Event);
        // Browsers send beacons as plain text, which needs no preflight.
        if (!RequestBody.TryMediaType(context, out var mediaType) || mediaType is not ("application/json" or "text/plain"))
            return Refuse(facts, new(StatusCodes.Status415UnsupportedMediaType, "The content type must be application/json or text/plain."));
        var (body, fault) = await RequestBody.ReadAsync(context, options.Value.MaxEventBytes, context.RequestAborted);
        if (body is null) return Refuse(facts, fault);
        var click = ClickJson.Read(ClickJson.WithoutMark(body));
        if (writer.Begin(ClickSource.Event, facts.CorrelationId) is not { } pending) return ClickAnswers.Unavailable;
        try
        {
            var result = await mediator.Send(new RecordClicks(facts, [click], pending), CancellationToken.None);
            return result.Rejected.Count > 0
                ? ClickAnswers.Invalid(result.Rejected[0].Errors)
                : Results.Json(new { accepted = 1, rejected = 0, event_id = result.EventIds[0] });
        }
        catch (EventLogUnavailableException)
        {
            return ClickAnswers.Unavailable;
        }
    }

    private IResult Refuse(RequestFacts facts, BodyFault fault)
    {
        rejections.Add(ClickReason.Malformed, facts, [new("body", fault.Problem)]);
        return ClickAnswers.Unreadable(fault);
    }
}
