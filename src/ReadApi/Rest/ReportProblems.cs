using System.Diagnostics;
using Adclicks.ReadApi.Execution;
using Adclicks.ReadApi.Queries;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Adclicks.ReadApi.Rest;

/// <summary>Reports and what can go wrong with them.</summary>
internal static class ReportProblemsRegistration
{
    /// <summary>The endpoint answers what can go wrong with a report by a problem document, and its description says so.</summary>
    public static TBuilder AnswersReportProblems<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder => endpoint
        .AddEndpointFilter<TBuilder, ReportProblems>()
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status500InternalServerError).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
}

/// <summary>Turns what can go wrong with a report into a problem document (RFC 9457).</summary>
internal sealed class ReportProblems(ILogger<ReportProblems> logger) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        try
        {
            return await next(context);
        }
        catch (ReportQueryException e)
        {
            Count("refused");
            var extensions = new Dictionary<string, object?> { ["parameter"] = e.Parameter };
            if (e.Allowed.Count > 0) extensions["allowed"] = e.Allowed;
            return Results.Problem(
                $"{e.Parameter}: {e.Message}", title: "The report cannot be made as asked.", statusCode: 400, extensions: extensions);
        }
        catch (ReportTimeoutException e)
        {
            Count("timeout");
            Log.QueryTimedOut(logger, http.Request.Path);
            return Results.Problem(e.Message, title: "The report takes too long.", statusCode: 503);
        }
        catch (ReportDamagedException e)
        {
            Count("damaged");
            Log.RowDamaged(logger, e);
            return Results.Problem(
                e.Message, title: "A row of the read models cannot be read; they can be built again.", statusCode: 500, extensions: new Dictionary<string, object?> { ["table"] = e.Table });
        }
        catch (ReportUnavailableException e)
        {
            Count("unavailable");
            Log.QueryUnavailable(logger, e);
            http.Response.Headers.RetryAfter = "1";
            return Results.Problem(e.Message, title: "Reports are not available.", statusCode: 503);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            Count("cancelled");
            return Results.StatusCode(StatusCodes.Status499ClientClosedRequest);
        }
    }

    private static void Count(string reason) => ReadApiMetrics.Failed.Add(1, new TagList { { "reason", reason } });
}
