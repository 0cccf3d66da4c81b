using Adclicks.Domain.Billing;
using Adclicks.Domain.Dedup;
using Adclicks.Projections.Billing;
using Adclicks.ReadApi.Execution;
using Adclicks.Support;

namespace Adclicks.ReadApi.Tests.Execution;

public sealed class ClosedHoursTests(ApiFixture api) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset At = new(2026, 3, 28, 3, 20, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var closed = api.Service<ClosedHours>();
        if (closed.FinalAt(TestClick.Start) is not null) return;
        await CloseAsync("2026-03-27T23:00:00Z", At);
        await CloseAsync("2026-03-28T05:00:00Z", At.AddHours(4));
        await Eventually.TrueAsync(() => closed.FinalAt(new DateTime(2026, 3, 28, 6, 0, 0, DateTimeKind.Utc)) is not null, "The hours do not become final.");
    }

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task Each_bucket_says_whether_it_is_complete_and_when_it_became_final()
    {
        var utc = await api.JsonAsync("/reports/clicks/timeseries?start_time=2026-03-27&end_time=2026-03-29&granularity=day&fill_gaps=true&metrics=click_count");
        var kolkata = await api.JsonAsync("/reports/clicks/timeseries?start_time=2026-03-27&end_time=2026-03-28&granularity=day&fill_gaps=true&metrics=click_count&time_zone=Asia/Kolkata");
        var hours = await api.JsonAsync("/reports/clicks/timeseries?start_time=2026-04-01T08:00Z&end_time=2026-04-01T12:00Z&fill_gaps=true&metrics=click_count");
        var csv = await CsvAsync("/reports/clicks/timeseries?start_time=2026-03-27&end_time=2026-03-29&granularity=day&metrics=click_count&filters=country:nowhere");

        Assert.Equal(["True 2026-03-28T03:20:00Z", "True "], utc.GetProperty("rows").EnumerateArray().Select(State));
        Assert.Equal("True ", State(utc));
        Assert.Equal("True 2026-03-28T03:20:00Z", State(kolkata));
        Assert.Equal(["True ", "True ", "False ", "False "], hours.GetProperty("rows").EnumerateArray().Select(State));
        Assert.Equal("False ", State(hours));
        Assert.Equal("time,click_count,complete,final_at\r\n", csv);
    }

    [Fact]
    public async Task What_is_final_may_be_kept_longer()
    {
        Assert.Equal(TimeSpan.FromHours(1), await MaxAgeAsync("start_time=2026-03-25&end_time=2026-03-26"));
        Assert.Equal(TimeSpan.FromMinutes(1), await MaxAgeAsync("start_time=2026-03-30&end_time=2026-03-31"));
        Assert.Null(await MaxAgeAsync("start_time=2026-03-30&end_time=2026-04-05"));
    }

    private static string State(System.Text.Json.JsonElement of) => $"{of.GetProperty("complete").GetBoolean()} {of.GetProperty("final_at").GetString()}";

    private async Task<TimeSpan?> MaxAgeAsync(string range)
    {
        using var response = await api.GetAsync("/reports/clicks/totals?" + range);
        return response.Headers.CacheControl?.MaxAge;
    }

    private async Task<string> CsvAsync(string path)
    {
        using var response = await api.GetAsync(path, accept: "text/csv");
        return await response.Content.ReadAsStringAsync(Token);
    }

    /// <summary>Closes all hours through one; those before are closed with it.</summary>
    private async Task CloseAsync(string hour, DateTimeOffset at)
    {
        var ledger = new LedgerStore(api.Log);
        var (_, end) = await ledger.LastAsync(Token);
        var closed = BillingHour.Parse(hour);
        var entry = new LedgerEntry
        {
            Hour = closed, ClosedThrough = closed, ClosedAtMs = at.ToUnixTimeMilliseconds(), ReferenceThrough = 0, Dedup = new DedupOptions(),
            After = [], Through = [], RefusedEvents = 0, Rows = [], Adjustments = [],
            ClicksHash = new byte[32], AdjustmentsHash = new byte[32], PreviousHash = new byte[32], Hash = new byte[32],
        };
        await ledger.AppendAsync([entry], end, new BillingOptions(), Token);
    }
}
