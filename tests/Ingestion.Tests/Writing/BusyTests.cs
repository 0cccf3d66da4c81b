using System.Net;
using System.Text;
using Adclicks.Ingestion.Tests.Support;
using Adclicks.Tests.Support;

namespace Adclicks.Ingestion.Tests.Writing;

public sealed class BusyTests
{
    private const string Pixel = "?ad_id=a&campaign_id=c";
    private const string Lines = """{"ad_id":"a","campaign_id":"c","timestamp_ms":1700000000000}""";
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task One_more_than_may_be_under_way_is_refused_and_all_others_are_recorded()
    {
        var log = new MemoryEventLog();
        await using var server = await TrackingServer.StartOnAsync(log, ("Ingestion:MaxClicksUnderWay", "3"), ("Ingestion:MaxBatchesUnderWay", "2"), ("Ingestion:Spill:StallMs", "60000"));
        var before = (await server.ClicksAsync()).Count;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        log.BeforeAppend = append => append.Stream.StartsWith("clicks-", StringComparison.Ordinal) ? gate.Task : Task.CompletedTask;

        var pixels = await FillAsync(3, () => server.GetAsync(Pixel));
        var batches = await FillAsync(2, () => server.PostBatchAsync(Encoding.UTF8.GetBytes(Lines), "application/x-ndjson"));
        gate.SetResult();

        foreach (var answer in await Task.WhenAll(pixels.Concat(batches))) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(before + 5, (await server.ClicksAsync()).Count);
        using var again = await server.GetAsync(Pixel);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    /// <summary>Sends one more than there is room for; those that are not refused, which still wait.</summary>
    private static async Task<List<Task<HttpResponseMessage>>> FillAsync(int room, Func<Task<HttpResponseMessage>> send)
    {
        var waiting = Enumerable.Range(0, room + 1).Select(_ => send()).ToList();
        var refused = await Task.WhenAny(waiting).WaitAsync(_limit);
        using var answer = await refused;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        waiting.Remove(refused);
        return waiting;
    }
}
