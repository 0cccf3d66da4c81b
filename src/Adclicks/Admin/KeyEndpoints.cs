using System.Text.Json;
using Adclicks.Access;
using Adclicks.Access.Keys;
using Adclicks.Domain.Audit;
using Adclicks.EventStore;
using Adclicks.ReadApi.ApiPage;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Adclicks.Admin;

/// <summary><c>/admin/keys</c>: makes, lists and revokes managed keys.</summary>
internal static class KeyEndpoints
{
    private const int MaxBodyBytes = 16 * 1024;

    /// <summary>Maps them, for admins. Their events name who asked, and the audit log reads them: nothing is written twice.</summary>
    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapAdmin("/admin/keys").AddEndpointFilter(AnswerAsync);
        keys.MapGet("", (KeyRing ring, TimeProvider time) =>
            Results.Json(ring.Managed.OrderBy(k => k.Key.CreatedAt).ThenBy(k => k.Key.Id, StringComparer.Ordinal).Select(k => KeyReport.Of(k, time.GetUtcNow())))).WithSummary("All managed keys, without the keys themselves").Produces<IReadOnlyList<KeyReport>>();
        keys.MapPost("", CreateAsync).WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes)).WithSummary("Makes a key, and tells it this once")
            .Takes("""{"name": "acme", "role": "advertiser", "advertiser_id": "acme", "expires_at": "2027-05-17T00:00:00Z"}""", typeof(NewKey))
            .Produces<KeyReport>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status400BadRequest).MayConflict();
        keys.MapDelete("{id}", async (HttpContext http, KeyWriter writer, string id) =>
            await writer.RevokeAsync(id, AuditActor.Of(http.User), http.TraceIdentifier, http.RequestAborted)
                ? Results.NoContent()
                : Results.Problem("There is no such key. (Those of keys.json are changed there.)", statusCode: StatusCodes.Status404NotFound))
            .WithSummary("Revokes a key").Produces(StatusCodes.Status204NoContent).MayMiss();
    }

    private static async Task<IResult> CreateAsync(HttpContext http, KeyWriter writer, KeyRing ring, IOptions<AccessOptions> options, TimeProvider time)
    {
        if (await ReadAsync(http.Request) is not { } wanted) return Invalid("", "The body must be a JSON object with name and role.");
        var problems = wanted.Problems(time.GetUtcNow());
        if (problems.Count != 0) return Results.ValidationProblem(problems, title: "Invalid key");
        if (ring.LiveCount >= options.Value.MaxKeys)
            return Results.Problem($"There are {options.Value.MaxKeys} keys that are good; revoke one first.", statusCode: StatusCodes.Status409Conflict);
        var (key, text) = await writer.CreateAsync(wanted, AuditActor.Of(http.User), http.TraceIdentifier, http.RequestAborted);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Json(KeyReport.Of(ring.Find(key.Id)!, time.GetUtcNow()) with { Key = text }, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<NewKey?> ReadAsync(HttpRequest request)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<NewKey>(request.Body, cancellationToken: request.HttpContext.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IResult Invalid(string field, string problem) =>
        Results.ValidationProblem(new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [problem] }, title: "Invalid key");

    private static async ValueTask<object?> AnswerAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (EventLogUnavailableException e)
        {
            context.HttpContext.Response.Headers.RetryAfter = "1";
            var problem = e.OutcomeUnknown
                ? "The log did not answer: a key may have been made or revoked. List the keys when it does; one that was made and never shown is to be revoked."
                : "The log cannot be reached: no key was made or revoked.";
            return Results.Problem(problem, statusCode: StatusCodes.Status503ServiceUnavailable, title: "Log unavailable");
        }
    }
}
