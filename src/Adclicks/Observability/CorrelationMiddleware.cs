using Serilog.Context;

namespace Adclicks.Observability;

/// <summary>
/// Gives every request a correlation id: that of <c>X-Correlation-Id</c> where it is one, else a new one. It is the
/// request's <see cref="HttpContext.TraceIdentifier"/>, goes back in the same header and into every log line.
/// </summary>
internal static class CorrelationMiddleware
{
    /// <summary>The header's name.</summary>
    public const string Header = "X-Correlation-Id";

    private const int MaxLength = 128;

    /// <summary>Gives it, before anything else.</summary>
    public static IApplicationBuilder UseCorrelation(this IApplicationBuilder app) => app.Use(next => context =>
    {
        var given = context.Request.Headers[Header].ToString();
        if (IsAcceptable(given)) context.TraceIdentifier = given;
        context.Response.Headers[Header] = context.TraceIdentifier;
        return next(context);
    });

    /// <summary>
    /// Writes it into the log lines of all that comes after: behind routing, so that what routing answers itself, pixels above
    /// all, goes without a context that nobody reads.
    /// </summary>
    public static IApplicationBuilder UseCorrelatedLogs(this IApplicationBuilder app) => app.Use(next => async context =>
    {
        using (LogContext.PushProperty("correlation_id", context.TraceIdentifier)) await next(context);
    });

    private static bool IsAcceptable(string id)
    {
        if (id.Length is 0 or > MaxLength) return false;
        foreach (var c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or ':')) return false;
        }

        return true;
    }
}
