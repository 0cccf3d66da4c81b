using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Adclicks.Ingestion.Bodies;
using Adclicks.Ingestion.Commands;
using Adclicks.Ingestion.Validation;
using Microsoft.AspNetCore.Http;

namespace Adclicks.Ingestion.Endpoints;

/// <summary>The answers of the tracking endpoints: problem documents (RFC 9457), and what became of a batch.</summary>
internal static class ClickAnswers
{
    private const int RetryAfterSeconds = 1;
    private static readonly string RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);

    /// <summary>400, each field with the limit it is beyond.</summary>
    public static IResult Invalid(IReadOnlyList<FieldError> errors) =>
        Results.ValidationProblem(ByField(errors), "The click is not within its limits.", title: "Invalid click");

    /// <summary>400, 413 or 415 for a request that could not be read.</summary>
    public static IResult Unreadable(BodyFault fault) => Results.Problem(fault.Problem, statusCode: fault.Status, title: "Unreadable request");

    /// <summary>503 with <c>Retry-After</c>: nothing was acknowledged; the same request may be sent again.</summary>
    public static IResult Unavailable { get; } = new UnavailableAnswer();

    /// <summary>429: the key, or the address, sent too much.</summary>
    public static IResult TooMany(HttpContext context, TimeSpan retryAfter)
    {
        context.Response.Headers.RetryAfter = Math.Max(RetryAfterSeconds, (int)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return Results.Problem("More requests than may be sent. Nothing was recorded: send this one again later.", statusCode: StatusCodes.Status429TooManyRequests, title: "Rate limit", type: "https://tools.ietf.org/html/rfc6585#section-4");
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

    /// <summary>Made once: it is what an overloaded server answers most.</summary>
    private sealed class UnavailableAnswer : IResult
    {
        private readonly byte[] _problem = JsonSerializer.SerializeToUtf8Bytes(new
        {
            type = "https://tools.ietf.org/html/rfc9110#section-15.6.4",
            title = "Log unavailable",
            status = StatusCodes.Status503ServiceUnavailable,
            detail = "Clicks cannot be recorded right now. Send the request again.",
        });

        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            response.Headers.RetryAfter = RetryAfter;
            response.ContentType = "application/problem+json";
            response.ContentLength = _problem.Length;
            response.BodyWriter.Write(_problem);
            return Task.CompletedTask;
        }
    }
}
