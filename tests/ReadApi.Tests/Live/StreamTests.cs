using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Adclicks.Domain.Access;
using Adclicks.Domain.Rollups;
using Adclicks.Projections.Storage;
using Adclicks.ReadApi.Tests.Execution;
using Npgsql;

namespace Adclicks.ReadApi.Tests.Live;

public sealed class StreamTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Path = "/reports/clicks/stream?start_time=2026-03-27&end_time=2026-03-31&metrics=gross_click_count";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Totals_come_at_once_and_again_with_each_commit()
    {
        await using var events = await Events.OpenAsync(api, Path);
        var first = await events.NextAsync();
        await CommitAsync("2026-04-02T10:00:00Z");

        Assert.Equal(api.Clicks.Count, Gross(first));
        await events.WhenFreshUntilAsync("2026-04-02T10:00:00Z");
    }

    [Fact]
    public async Task Commits_are_heard_of_again_after_the_connection_broke()
    {
        await using var events = await Events.OpenAsync(api, Path);
        await events.NextAsync();
        await ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'adclicks-commits' AND datname = current_database()");
        await CommitAsync("2026-04-03T10:00:00Z");

        await events.WhenFreshUntilAsync("2026-04-03T10:00:00Z");
    }

    [Fact]
    public async Task An_advertiser_hears_of_own_clicks_alone()
    {
        await using var events = await Events.OpenAsync(api, Path, "advertiser:advertiser-2");

        Assert.Equal(api.Clicks.Count(click => click[Dimension.Advertiser] == "advertiser-2"), Gross(await events.NextAsync()));
    }

    [Fact]
    public async Task Without_a_range_it_is_about_today()
    {
        await using var events = await Events.OpenAsync(api, "/reports/clicks/stream?time_zone=Asia/Kolkata");

        Assert.Equal(0, Gross(await events.NextAsync()));
    }

    [Fact]
    public async Task A_key_has_so_many_streams_and_no_more()
    {
        var open = new List<Events>();
        for (var i = 0; i < new ReadApiOptions().MaxStreamsPerKey; i++) open.Add(await Events.OpenAsync(api, Path, "publisher:publisher-1"));
        using var refused = await api.GetAsync(Path, "publisher:publisher-1");
        foreach (var stream in open) await stream.DisposeAsync();

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        await using var again = await Events.OpenAsync(api, Path, "publisher:publisher-1", Deadline);
    }

    [Fact]
    public async Task What_cannot_be_answered_opens_no_stream()
    {
        var problem = await api.JsonAsync("/reports/clicks/stream?filters=shoe:red", HttpStatusCode.BadRequest);
        using var anonymous = await api.GetAsync(Path, key: null);
        using var ingest = await api.GetAsync(Path, Roles.Ingest);

        Assert.Equal("filters", problem.GetProperty("parameter").GetString());
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden), (anonymous.StatusCode, ingest.StatusCode));
    }

    private static long Gross(JsonElement totals) => totals.GetProperty("rows")[0].GetProperty("gross_click_count").GetInt64();

    /// <summary>What a lane does: all in one transaction, the notice among it.</summary>
    private Task CommitAsync(string freshUntil) => ExecuteAsync(
        $"UPDATE adclicks.leases SET fresh_until = '{freshUntil}'; SELECT pg_notify('{CommitNotice.Channel}', '{RollupDatabase.Generation} 29576160 29581919')");

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(api.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>An open stream.</summary>
    private sealed class Events(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> items, CancellationTokenSource limit) : IAsyncDisposable
    {
        public static async Task<Events> OpenAsync(ApiFixture api, string path, string key = Roles.Analyst, TimeSpan within = default)
        {
            var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(Deadline);
            for (var until = DateTime.UtcNow + within;;)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                request.Headers.Add("X-Api-Key", key);
                var response = await api.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
                if (response.StatusCode == HttpStatusCode.TooManyRequests && DateTime.UtcNow < until)
                {
                    response.Dispose();
                    await Task.Delay(50, limit.Token);
                    continue;
                }

                Assert.Equal("text/event-stream", response.EnsureSuccessStatusCode().Content.Headers.ContentType?.MediaType);
                var parser = SseParser.Create(await response.Content.ReadAsStreamAsync(limit.Token));
                return new Events(response, parser.EnumerateAsync(limit.Token).GetAsyncEnumerator(limit.Token), limit);
            }
        }

        public async Task<JsonElement> NextAsync()
        {
            Assert.True(await items.MoveNextAsync());
            Assert.Equal("totals", items.Current.EventType);
            return JsonElement.Parse(items.Current.Data);
        }

        public async Task WhenFreshUntilAsync(string time)
        {
            while ((await NextAsync()).GetProperty("fresh_until").GetString() != time) { }
        }

        public async ValueTask DisposeAsync()
        {
            await limit.CancelAsync();
            response.Dispose();
            limit.Dispose();
        }
    }
}
