using System.Globalization;
using Adclicks.Domain.Reference;
using Adclicks.EventStore;
using Microsoft.AspNetCore.Http;

namespace Adclicks.Ingestion.Reference;

/// <summary>The problem documents (RFC 9457) of reference data.</summary>
internal static class ReferenceProblems
{
    private const int RetryAfterSeconds = 1;

    /// <summary>400, each field with what is wrong with it.</summary>
    public static IResult Invalid(IDictionary<string, string[]> errors) =>
        Results.ValidationProblem(errors, "The item is not within its limits.", title: "Invalid reference data");

    /// <inheritdoc cref="Invalid(IDictionary{string, string[]})"/>
    public static IResult Invalid(string field, string problem) =>
        Invalid(new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [problem] });

    /// <summary>404.</summary>
    public static IResult NotFound() => Results.Problem("There is no such item.", statusCode: StatusCodes.Status404NotFound, title: "Not found");

    /// <summary>415.</summary>
    public static IResult NotJson() => Results.Problem(
        "The content type must be application/json, in UTF-8.", statusCode: StatusCodes.Status415UnsupportedMediaType, title: "Unsupported media type");

    /// <summary>400 for a precondition that cannot be read.</summary>
    public static IResult BadHeader(string header) =>
        Invalid(header, header == "If-None-Match" ? "must be * on a write" : "must be * or a list of entity tags");

    /// <summary>The answer to a command that changed nothing.</summary>
    public static IResult Of(ReferenceKind kind, WriteOutcome outcome, ReferenceItem? item) => outcome.Result switch
    {
        WriteResult.NotFound => NotFound(),
        WriteResult.PreconditionFailed => Results.Problem(
            outcome.Revision < 0 ? "The item is not there." : $"The item's entity tag is {Precondition.TagOf(outcome.Revision)}.",
            statusCode: StatusCodes.Status412PreconditionFailed,
            title: "Precondition failed"),
        WriteResult.ParentMissing => Invalid(
            kind == ReferenceKind.Ad ? "campaign_id" : "advertiser_id",
            $"must be the id of an existing {item!.Parent!.Value.Kind.ToString().ToLowerInvariant()}"),
        WriteResult.HasChildren => Results.Problem(
            kind == ReferenceKind.Advertiser ? "Its campaigns must be removed first." : "Its ads must be removed first.",
            statusCode: StatusCodes.Status409Conflict,
            title: "Other items belong to it"),
        _ => Results.Problem(
            "Others kept changing reference data. Nothing was written; try again.",
            statusCode: StatusCodes.Status503ServiceUnavailable,
            title: "Too much contention"),
    };

    /// <summary>503 where the log, or this node's view of it, is not there.</summary>
    public static async ValueTask<object?> AnswerAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (EventLogUnavailableException e)
        {
            context.HttpContext.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
            return Results.Problem(
                e.OutcomeUnknown ? "The log did not answer: the change may have been made. Trying again is safe." : "The log cannot be reached.",
                statusCode: StatusCodes.Status503ServiceUnavailable,
                title: "Log unavailable");
        }
    }
}
