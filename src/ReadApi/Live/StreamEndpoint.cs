using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Adclicks.ReadApi.Execution;
using Adclicks.ReadApi.Queries;
using Adclicks.ReadApi.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Adclicks.ReadApi.Live;

/// <summary>
/// <c>GET /reports/clicks/stream</c>: server-sent events named <c>totals</c>, each the answer of <c>/reports/clicks/totals</c>:
/// one at once, then one whenever clicks have been counted, at most every <see cref="ReadApiOptions.StreamInterval"/> and
/// at least every <see cref="ReadApiOptions.StreamHeartbeat"/>. One named <c>problem</c> says why there are no counts.
/// </summary>
internal sealed class StreamEndpoint(
    ReportReader reader, CommitFeed feed, StreamSeats seats, IHostApplicationLifetime lifetime, IOptions<ReadApiOptions> options, TimeProvider time)
{
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromSeconds(2);

    /// <summary>Maps it.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/reports/clicks/" + ReportKinds.Stream.Path, (HttpContext http, StreamEndpoint self) => self.OpenAsync(http))
        .RequireAuthorization(ReportEndpoints.MayRead)
        .AnswersReportProblems()
        .ProducesProblem(StatusCodes.Status429TooManyRequests)
        .WithSummary(ReportKinds.Stream.Summary);

    private async Task<IResult> OpenAsync(HttpContext http)
    {
        var question = new Question(ReportParameters.From(http.Request.Query, ReportKinds.Stream.Parameters), CallerScope.Of(http.User)!);
        if (seats.TryTake(CallerScope.KeyOf(http.User)) is not { } seat)
        {
            http.Response.Headers.RetryAfter = "5";
            return Results.Problem(
                $"At most {options.Value.MaxStreamsPerKey} streams may be open with one key, and {options.Value.MaxStreams} in all.",
                title: "Too many streams.", statusCode: StatusCodes.Status429TooManyRequests);
        }

        http.Response.RegisterForDispose(seat);
        var seen = feed.Commits;
        var first = await TotalsAsync(question, http.RequestAborted);

        // What must not be held back by a proxy.
        http.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(EventsAsync(question, seen, first, http.RequestAborted));
    }

    private async IAsyncEnumerable<SseItem<string>> EventsAsync(
        Question question, long seen, SseItem<string> first, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var opened = time.GetTimestamp();
        yield return first;
        while (time.GetElapsedTime(opened) < options.Value.StreamLifetime && await WaitAsync(seen, end.Token))
        {
            seen = feed.Commits;
            yield return await NextAsync(question, end.Token);
        }
    }

    /// <summary>False when the client has left or the process stops.</summary>
    private async Task<bool> WaitAsync(long seen, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(options.Value.StreamInterval, time, cancellationToken);
            await feed.WaitAsync(seen).WaitAsync(options.Value.StreamHeartbeat, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Time for a heartbeat.
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        return true;
    }

    private async Task<SseItem<string>> NextAsync(Question question, CancellationToken cancellationToken)
    {
        try
        {
            return await TotalsAsync(question, cancellationToken);
        }
        catch (Exception e) when (e is ReportQueryException or ReportTimeoutException or ReportUnavailableException)
        {
            return new SseItem<string>(JsonSerializer.Serialize(new Dictionary<string, string> { ["detail"] = e.Message }), "problem");
        }
    }

    private async Task<SseItem<string>> TotalsAsync(Question question, CancellationToken cancellationToken)
    {
        var request = ReportKinds.Stream.Read(question.Parameters, new RequestContext(time.GetUtcNow(), options.Value));
        var result = await reader.ReadAsync(request.Query, question.Scope, cancellationToken);
        return new SseItem<string>(Encoding.UTF8.GetString(ReportJson.Write(request, result).Span), "totals") { ReconnectionInterval = ReconnectAfter };
    }

    private sealed record Question(ReportParameters Parameters, ReportScope Scope);
}
