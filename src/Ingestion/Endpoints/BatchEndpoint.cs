using System.Text.Json;
using Adclicks.Domain.Clicks;
using Adclicks.EventStore;
using Adclicks.Ingestion.Commands;
using Adclicks.Ingestion.Diagnostics;
using Adclicks.Ingestion.Rejections;
using Adclicks.Ingestion.Validation;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion.Endpoints;

/// <summary>
/// <c>POST /track/click_events</c>: many clicks, as a JSON array or as lines of JSON objects, by content type. Each is
/// accepted or explained on its own; the answer comes when all accepted ones are durable.
/// </summary>
internal sealed class BatchEndpoint(IMediator mediator, RejectionLog rejections, IOptions<IngestionOptions> options)
{
    private readonly int _maxClicks = options.Value.MaxBatchClicks;
    private readonly int _maxBytes = options.Value.MaxBatchBytes;

    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var facts = RequestReading.FactsOf(context, ClickSource.Batch);
        if (!RequestReading.TryMediaType(context, out var mediaType) || mediaType is not ("application/json" or "application/x-ndjson" or "application/ndjson" or "application/jsonl"))
            return Refuse(facts, StatusCodes.Status415UnsupportedMediaType, "The content type must be application/json (an array) or application/x-ndjson (lines of objects).");
        if (await RequestReading.ReadBodyAsync(context, _maxBytes, context.RequestAborted) is not { } body)
            return Refuse(facts, StatusCodes.Status413PayloadTooLarge, $"The body must be at most {_maxBytes} bytes.");
        if (Read(mediaType, body) is not { } clicks)
            return Refuse(facts, StatusCodes.Status400BadRequest, "The body must be a JSON array of objects.");
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

    private List<RawClick>? Read(string mediaType, byte[] body)
    {
        if (mediaType != "application/json") return ReadLines(body);
        try
        {
            return ClickJson.ReadArray(body, _maxClicks);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A line each; empty lines are no clicks.</summary>
    private List<RawClick> ReadLines(ReadOnlySpan<byte> body)
    {
        var clicks = new List<RawClick>();
        foreach (var range in body.Split((byte)'\n'))
        {
            var line = body[range].Trim(" \t\r"u8);
            if (line.IsEmpty) continue;
            clicks.Add(ClickJson.Read(line));
            if (clicks.Count > _maxClicks) break;
        }

        return clicks;
    }
}
