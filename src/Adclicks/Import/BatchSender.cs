using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Adclicks.Import;

/// <summary>The answer to a batch.</summary>
internal sealed record BatchAnswer(int Accepted, IReadOnlyList<(long Line, string Reason)> Rejected);

/// <summary>Posts batches, and again where there was no answer or the server had no room for them.</summary>
internal sealed class BatchSender(HttpClient client, TimeProvider time, TimeSpan retryFor)
{
    private static readonly Uri Path = new("/track/click_events", UriKind.Relative);
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);

    /// <summary>How often a batch was sent again.</summary>
    public int Retries { get; private set; }

    /// <summary>Returns when the server has answered for every click.</summary>
    /// <exception cref="ImportException">It did not within the time for retries, or does not take such requests.</exception>
    public async Task<BatchAnswer> SendAsync(ImportBatch batch, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        for (var wait = FirstWait; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            var (answer, problem) = await TryAsync(batch, cancellationToken);
            if (answer is not null) return answer;
            if (time.GetElapsedTime(start) + wait > retryFor) throw new ImportException($"{client.BaseAddress} {problem}, for {retryFor.TotalSeconds:F0} s");
            await Task.Delay(wait, time, cancellationToken);
            Retries++;
        }
    }

    /// <summary>The answer; or what stood in its way, where trying again may help.</summary>
    private async Task<(BatchAnswer? Answer, string Problem)> TryAsync(ImportBatch batch, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        try
        {
            using var content = new ReadOnlyMemoryContent(batch.Body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            using var response = await client.PostAsync(Path, content, limit.Token);
            var body = await response.Content.ReadAsByteArrayAsync(limit.Token);
            return response.StatusCode switch
            {
                HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout
                    => (null, $"answers {(int)response.StatusCode}"),
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => throw new ImportException("the key is refused; an ingest key is needed"),
                // 400 where every click was refused, with the same body as 200.
                _ when Read(body, batch) is { } answer => (answer, ""),
                _ => throw new ImportException($"{client.BaseAddress} answers {(int)response.StatusCode}"),
            };
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (null, $"cannot be reached ({e.Message})");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, "does not answer");
        }
    }

    private static BatchAnswer? Read(byte[] body, ImportBatch batch)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("accepted", out var accepted)) return null;
            var rejected = new List<(long, string)>();
            if (root.TryGetProperty("errors", out var errors))
            {
                foreach (var error in errors.EnumerateArray()) rejected.Add((batch.Lines[error.GetProperty("index").GetInt32()], ReasonOf(error)));
            }

            return new BatchAnswer(accepted.GetInt32(), rejected);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>What is said of a click besides its index: fields and messages on one line.</summary>
    private static string ReasonOf(JsonElement error) => string.Join("; ", error.EnumerateObject().Where(m => m.Name != "index").Select(m => m.Value.ValueKind switch
    {
        JsonValueKind.Object => string.Join("; ", m.Value.EnumerateObject().Select(f => $"{f.Name}: {Text(f.Value)}")),
        _ => $"{m.Name}: {Text(m.Value)}",
    }));

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Text)),
        _ => value.GetRawText(),
    };
}
