using System.Globalization;
using Adclicks.Ingestion.Bodies;
using Adclicks.Ingestion.Commands;
using Adclicks.Ingestion.Validation;
using Microsoft.AspNetCore.Http;

namespace Adclicks.Ingestion.Endpoints;

/// <summary>The answers of the tracking endpoints: problem documents (RFC 9457), and what became of a batch.</summary>
internal static class ClickAnswers
{
    private const int RetryAfterSeconds = 1;

    /// <summary>400, each field with the limit it is beyond.</summary>
    public static IResult Invalid(IReadOnlyList<FieldError> errors) =>
        Results.ValidationProblem(ByField(errors), "The click is not within its limits.", title: "Invalid click");

    /// <summary>400, 413 or 415 for a request that could not be read.</summary>
    public static IResult Unreadable(BodyFault fault) => Results.Problem(fault.Problem, statusCode: fault.Status, title: "Unreadable request");

    /// <summary>503: nothing was acknowledged; the same request may be sent again.</summary>
    public static IResult Unavailable(HttpContext context)
    {
        context.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return Results.Problem("Clicks cannot be recorded right now. Send the request again.", statusCode: StatusCodes.Status503ServiceUnavailable, title: "Log unavailable");
    }

    /// <summary>429: the key, or the address, sent too much.</summary>
    public static IResult TooMany(HttpContext context, TimeSpan retryAfter)
    {
        context.Response.Headers.RetryAfter = Math.Max(RetryAfterSeconds, (int)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return Results.Problem("More requests than may be sent. Nothing was recorded: send this one again later.", statusCode: StatusCodes.Status429TooManyRequests, title: "Rate limit");
    }

    /// <summary>What became of a batch; 400 where nothing of it was accepted.</summary>
    public static IResult Batch(RecordClicksResult result)
    {
        var errors = result.Rejected.Select(r => new { index = r.Index, errors = ByField(r.Errors) }).ToList();
        var status = result.EventIds.Count == 0 && errors.Count > 0 ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK;
        return Results.Json(new { accepted = result.EventIds.Count, rejected = errors.Count, errors }, statusCode: status);
    }

    private static Dictionary<string, string[]> ByField(IReadOnlyList<FieldError> errors) =>
        errors.GroupBy(e => e.Field, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Select(e => e.Problem).ToArray());
}
