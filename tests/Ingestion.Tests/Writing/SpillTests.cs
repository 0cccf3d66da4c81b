using System.Net;
using System.Text;
using Adclicks.EventStore;
using Adclicks.Ingestion.Tests.Support;
using Adclicks.Support;
using Adclicks.Tests.Support;

namespace Adclicks.Ingestion.Tests.Writing;

public sealed class SpillTests : IDisposable
{
    private const string Click = "?ad_id=shoes&campaign_id=c";
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);
    private readonly string _folder = Directory.CreateTempSubdirectory("adclicks-spill-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task While_the_log_is_down_visitors_are_sent_on_and_their_clicks_are_recorded_later_once()
    {
        await using var server = await StartAsync(new MemoryEventLog());
        await DefineAsync(server);
        server.Log.IsDown = true;
        for (var i = 0; i < 5; i++)
        {
            using var sent = await server.GetAsync(Click);
            Assert.Equal(HttpStatusCode.Found, sent.StatusCode);
            Assert.Equal("later", sent.Headers.GetValues("X-Click-Recorded").Single());
        }

        using var refused = await server.PostAsync("""{"ad_id":"shoes","campaign_id":"c","timestamp_ms":1700000000000}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        using var image = await server.GetAsync("?ad_id=other&campaign_id=c");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, image.StatusCode);
        server.Log.IsDown = false;

        await UntilAsync(async () => await CountAsync(server) == 5);
        await UntilAsync(() => Task.FromResult(Files().Length == 0));
        Assert.Equal(5, (await server.ClicksAsync()).Where(c => c.AdId == "shoes").Select(c => c.EventId).Distinct().Count());
    }

    [Fact]
    public async Task What_was_kept_outlives_the_process_and_a_torn_end_is_left_out()
    {
        var log = new MemoryEventLog();
        await using (var server = await StartAsync(log))
        {
            await DefineAsync(server);
            log.IsDown = true;
            for (var i = 0; i < 3; i++) (await server.GetAsync(Click)).Dispose();
        }

        await File.AppendAllTextAsync(Files().Max()!, "half a record", TestContext.Current.CancellationToken);
        log.IsDown = false;
        await using var again = await StartAsync(log);

        await UntilAsync(async () => await CountAsync(again) == 3);
        await UntilAsync(() => Task.FromResult(Files().Length == 0));
    }

    [Fact]
    public async Task A_replay_that_ended_halfway_goes_on_without_gap_or_repeat()
    {
        var log = new MemoryEventLog();
        string[] before;
        await using (var server = await StartAsync(log))
        {
            await DefineAsync(server);
            log.IsDown = true;
            for (var i = 0; i < 4; i++) (await server.GetAsync(Click)).Dispose();
            before = Files();
            foreach (var file in before) File.Copy(file, file + ".copy");
            // The log goes again after two of the four.
            var left = 2;
            log.BeforeAppend = append =>
            {
                if (append.Stream.StartsWith("clicks", StringComparison.Ordinal) && left-- <= 0) log.IsDown = true;
                return Task.CompletedTask;
            };
            log.IsDown = false;
            await UntilAsync(() => Task.FromResult(log.IsDown));
        }

        // As after a power cut: the files are as they were.
        log.BeforeAppend = null;
        foreach (var file in before) File.Move(file + ".copy", file, overwrite: true);
        log.IsDown = false;
        await using var again = await StartAsync(log);

        await UntilAsync(() => Task.FromResult(Files().Length == 0));
        Assert.Equal(4, await CountAsync(again));
    }

    [Fact]
    public async Task A_log_that_does_not_answer_keeps_no_visitor_waiting_and_each_click_is_recorded_once()
    {
        var log = new MemoryEventLog();
        await using var server = await StartAsync(log, ("Ingestion:Spill:StallMs", "40"));
        await DefineAsync(server);
        var gate = new TaskCompletionSource();
        log.BeforeAppend = append => append.Stream.StartsWith("clicks", StringComparison.Ordinal) ? gate.Task : Task.CompletedTask;
        // The first is in the log's hands, and may or may not be in it; the others come when that is known.
        for (var i = 0; i < 3; i++)
        {
            using var sent = await server.GetAsync(Click);
            Assert.Equal(HttpStatusCode.Found, sent.StatusCode);
            Assert.Equal("later", sent.Headers.GetValues("X-Click-Recorded").Single());
        }

        using var refused = await server.PostAsync("""{"ad_id":"shoes","campaign_id":"c","timestamp_ms":1700000000000}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(server.DownBecause);
        log.BeforeAppend = null;
        gate.SetResult();

        await UntilAsync(() => Task.FromResult(Files().Length == 0 && server.DownBecause is null));
        Assert.Equal(3, await CountAsync(server));
        using var recorded = await server.GetAsync(Click);
        Assert.False(recorded.Headers.Contains("X-Click-Recorded"));
        Assert.Equal(4, await CountAsync(server));
    }

    [Theory]
    [InlineData("Ingestion:MaxClicksUnderWay")]
    [InlineData("Ingestion:MaxWaitingPerPartition")]
    public async Task Where_there_is_no_room_on_the_way_to_the_log_clicks_of_visitors_who_are_sent_on_are_kept_and_others_refused(string room)
    {
        var log = new MemoryEventLog();
        await using var server = await StartAsync(log, (room, "5"), ("Ingestion:Spill:StallMs", "60000"));
        await DefineAsync(server);
        var (gate, waiting) = await FillAsync(server, log, 5);

        for (var i = 0; i < 3; i++)
        {
            using var sent = await server.GetAsync(Click);
            Assert.Equal(HttpStatusCode.Found, sent.StatusCode);
            Assert.Equal("later", sent.Headers.GetValues("X-Click-Recorded").Single());
        }

        using var stays = await server.GetAsync(Click + "&format=none");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, stays.StatusCode);
        gate.SetResult();
        foreach (var answer in await Task.WhenAll(waiting)) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await UntilAsync(() => Task.FromResult(Files().Length == 0));
        Assert.Equal(8, await CountAsync(server));
    }

    [Fact]
    public async Task When_there_is_no_room_here_either_the_click_is_counted_so()
    {
        var log = new MemoryEventLog();
        await using var server = await StartAsync(log, ("Ingestion:MaxClicksUnderWay", "2"), ("Ingestion:Spill:StallMs", "60000"), ("Ingestion:Spill:MaxBytes", "65536"));
        await DefineAsync(server);
        using var reasons = new CountedReasons("adclicks.ingestion.clicks.refused");
        var (gate, waiting) = await FillAsync(server, log, 2);
        string? told;
        do
        {
            using var sent = await server.GetAsync(Click + "&p.x=" + new string('x', 500));
            Assert.Equal(HttpStatusCode.Found, sent.StatusCode);
            told = sent.Headers.GetValues("X-Click-Recorded").Single();
        }
        while (told == "later");

        Assert.Equal("false", told);
        Assert.True(reasons.Of("spill_full") > 0);
        gate.SetResult();
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task When_no_more_can_be_kept_visitors_are_still_sent_on()
    {
        await using var server = await StartAsync(new MemoryEventLog(), ("Ingestion:Spill:MaxBytes", "65536"));
        await DefineAsync(server);
        server.Log.IsDown = true;
        var kept = 0;
        while (true)
        {
            using var sent = await server.GetAsync(Click + "&p.x=" + new string('x', 500));
            Assert.Equal(HttpStatusCode.Found, sent.StatusCode);
            if (sent.Headers.GetValues("X-Click-Recorded").Single() == "false") break;
            kept++;
        }

        server.Log.IsDown = false;
        await UntilAsync(() => Task.FromResult(Files().Length == 0));
        Assert.Equal(kept, await CountAsync(server));
    }

    /// <summary>Has the log keep clicks until the gate is open, and sends as many as there is room for, which wait, and one more.</summary>
    private static async Task<(TaskCompletionSource Gate, List<Task<HttpResponseMessage>> Waiting)> FillAsync(TrackingServer server, MemoryEventLog log, int room)
    {
        var (gate, isReached) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        log.BeforeAppend = append =>
        {
            if (!append.Stream.StartsWith("clicks", StringComparison.Ordinal)) return Task.CompletedTask;
            isReached.TrySetResult();
            return gate.Task;
        };
        var waiting = new List<Task<HttpResponseMessage>> { PostAsync() };
        await isReached.Task;
        for (var i = 0; i < room; i++) waiting.Add(PostAsync());

        var first = await Task.WhenAny(waiting);
        using var refused = await first;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        waiting.Remove(first);
        return (gate, waiting);

        Task<HttpResponseMessage> PostAsync() => server.PostAsync("""{"ad_id":"shoes","campaign_id":"c","timestamp_ms":1700000000000}""");
    }

    private static async Task DefineAsync(TrackingServer server)
    {
        await PutAsync("/reference/advertisers/acme", """{"name":"Acme"}""");
        await PutAsync("/reference/campaigns/c", """{"name":"C","advertiser_id":"acme"}""");
        await PutAsync("/reference/ads/shoes", """{"name":"Shoes","campaign_id":"c","target_url":"https://shop.example/"}""");

        async Task PutAsync(string path, string json)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
            request.Headers.Add("X-Role", "admin");
            using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    private static async Task<int> CountAsync(TrackingServer server) => (await server.ClicksAsync()).Count(c => c.AdId == "shoes");

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        await Eventually.TrueAsync(IsSoAsync, "It did not come about.", _limit);

        async Task<bool> IsSoAsync()
        {
            try
            {
                return await isSo();
            }
            catch (EventLogUnavailableException)
            {
                return false;
            }
        }
    }

    private Task<TrackingServer> StartAsync(MemoryEventLog log, params (string Key, string Value)[] settings) =>
        TrackingServer.StartOnAsync(log, [("Ingestion:Spill:Directory", _folder), .. settings]);

    private string[] Files() => Directory.GetFiles(_folder, "*.spill", SearchOption.AllDirectories);
}
