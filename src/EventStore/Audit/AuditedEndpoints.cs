using System.Globalization;
using System.Text;
using Adclicks.Domain.Audit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Adclicks.EventStore.Audit;

/// <summary>Puts endpoints on the audit log.</summary>
public static class AuditedEndpoints
{
    /// <summary>
    /// Every call is an action: recorded before and after, and answered 503 without being carried out where the log is away.
    /// </summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="action">What it does.</param>
    /// <param name="target">
    /// On what; <c>{name}</c> stands for the parameter of that name in path or query, or the caller's own id. Personal data
    /// has no place in it.
    /// </param>
    public static TBuilder Audited<TBuilder>(this TBuilder endpoint, AuditAction action, string target = "") where TBuilder : IEndpointConventionBuilder =>
        endpoint.AddEndpointFilter<TBuilder>(new ActionFilter(action, target)).WithMetadata(new AuditedAttribute(action)).ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    /// <summary>Every answer hands data out: recorded once it is there, before it is sent, and answered 503 where the log is away.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="action">What it does.</param>
    /// <param name="target">As for <see cref="Audited{TBuilder}"/>.</param>
    /// <param name="when">Which requests are meant; null for all.</param>
    public static TBuilder AuditedExport<TBuilder>(this TBuilder endpoint, AuditAction action, string target, Func<HttpRequest, bool>? when = null)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.AddEndpointFilter<TBuilder>(new ExportFilter(action, target, when)).WithMetadata(new AuditedAttribute(action)).ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static AuditEntry EntryOf(HttpContext http, AuditAction action, string target, AuditOutcome outcome) =>
        new(action, Fill(target, http), AuditActor.Of(http.User), outcome, http.TraceIdentifier);

    private static string Fill(string template, HttpContext http)
    {
        if (!template.Contains('{', StringComparison.Ordinal)) return template;
        var filled = new StringBuilder();
        var rest = template.AsSpan();
        for (int open; (open = rest.IndexOf('{')) >= 0;)
        {
            var length = rest[open..].IndexOf('}');
            filled.Append(rest[..open]).Append(ValueOf(rest.Slice(open + 1, length - 1).ToString(), http));
            rest = rest[(open + length + 1)..];
        }

        return filled.Append(rest).ToString().TrimEnd();
    }

    private static string ValueOf(string name, HttpContext http)
    {
        if (http.Request.RouteValues.TryGetValue(name, out var value)) return Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        return http.Request.Query.TryGetValue(name, out var given) ? given.ToString() : http.User.FindFirst(name)?.Value ?? "";
    }

    private static bool IsDone(object? result) => result is not IStatusCodeHttpResult { StatusCode: >= 400 };

    private static IResult LogIsAway(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "1";
        return Results.Problem(
            "The audit log cannot be written, and nothing is done without it. Nothing was.",
            statusCode: StatusCodes.Status503ServiceUnavailable,
            title: "Audit log unavailable");
    }

    private sealed class ActionFilter(AuditAction action, string target) : IEndpointFilter
    {
        public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
        {
            var http = context.HttpContext;
            var audit = http.RequestServices.GetRequiredService<AuditLog>();
            var begun = false;
            try
            {
                return await audit.RunAsync(EntryOf(http, action, target, AuditOutcome.Started), async _ =>
                {
                    begun = true;
                    var result = await next(context);
                    return (result, IsDone(result));
                }, http.RequestAborted);
            }
            catch (EventLogUnavailableException) when (!begun)
            {
                return LogIsAway(http);
            }
        }
    }

    private sealed class ExportFilter(AuditAction action, string target, Func<HttpRequest, bool>? when) : IEndpointFilter
    {
        public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
        {
            var http = context.HttpContext;
            var result = await next(context);
            if (!IsDone(result) || (when is not null && !when(http.Request))) return result;
            try
            {
                await http.RequestServices.GetRequiredService<AuditLog>().RecordAsync(EntryOf(http, action, target, AuditOutcome.Succeeded), http.RequestAborted);
                return result;
            }
            catch (EventLogUnavailableException)
            {
                return LogIsAway(http);
            }
        }
    }
}

/// <summary>Says of an endpoint that it is on the audit log, and as what.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AuditedAttribute(AuditAction action) : Attribute
{
    /// <summary>What a call is recorded as.</summary>
    public AuditAction Action { get; } = action;
}
