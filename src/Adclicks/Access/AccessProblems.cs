using Adclicks.Domain.Audit;
using Adclicks.EventStore.Audit;
using Adclicks.Ingestion.Privacy;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Adclicks.Access;

/// <summary>Answers callers who may not, and has them recorded.</summary>
internal sealed class AccessProblems(RefusalLog refusals) : IAuthorizationMiddlewareResultHandler
{
    /// <inheritdoc/>
    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded) return next(context);
        if (authorizeResult.Challenged) return AnswerAsync(context, StatusCodes.Status401Unauthorized, "An API key is needed: X-Api-Key: … or Authorization: Bearer …");
        refusals.Add(EntryOf(context, AuditAction.AccessRefused, ""));
        return AnswerAsync(context, StatusCodes.Status403Forbidden, "The API key does not have the role for this.");
    }

    /// <summary>Refuses a key or token that was given and is not good, or not known to be.</summary>
    /// <param name="context">The request.</param>
    /// <param name="failure">Why; goes to the audit log, not to the caller.</param>
    public Task RefuseLoginAsync(HttpContext context, Exception failure)
    {
        if (failure is SignInUnavailableException)
        {
            context.Response.Headers.RetryAfter = "1";
            return AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, failure.Message);
        }

        refusals.Add(EntryOf(context, AuditAction.LoginRefused, failure.Message));
        return AnswerAsync(context, StatusCodes.Status401Unauthorized, "The API key or token is not valid.");
    }

    // The pattern of the path, not the path: that could hold anything.
    private static AuditEntry EntryOf(HttpContext context, AuditAction action, string detail)
    {
        var target = $"{context.Request.Method} {(context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText}";
        return new(action, target.TrimEnd(), AuditActor.Of(context.User), AuditOutcome.Refused, context.TraceIdentifier, detail, Network: VisitorHasher.NetworkOf(context.Connection.RemoteIpAddress));
    }

    private static Task AnswerAsync(HttpContext context, int status, string detail)
    {
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "Bearer";
        return Results.Problem(detail, statusCode: status).ExecuteAsync(context);
    }
}
