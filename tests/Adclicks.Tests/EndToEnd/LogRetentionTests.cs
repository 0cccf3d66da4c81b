using System.Text;
using System.Text.Json;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.Embedded;
using Adclicks.Projections.Archive;
using Adclicks.Projections.Archive.Stores;
using Adclicks.Support;
using Adclicks.Support.Postgres;

namespace Adclicks.Tests.EndToEnd;

/// <summary>The log is trimmed to what is not archived, and processes that come later close, count and explain as if it were whole.</summary>
public sealed class LogRetentionTests : IDisposable
{
    private const int Clicks = 600, Late = 200, Batch = 100;
    private const string Reports = "timeseries?start_time=2015-05-17&end_time=2015-05-18&granularity=hour&metrics=gross_click_count";
    private static readonly DateTimeOffset Start = new(2015, 5, 17, 10, 0, 0, TimeSpan.Zero);
    private static readonly string[] Said = ["click_id", "verdict", "rules", "counted", "billing"];
    private readonly string _data = Directory.CreateTempSubdirectory("adclicks-retention-").FullName;
    private readonly string _archive = Directory.CreateTempSubdirectory("adclicks-archives-").FullName;
    private string _explained = "", _exported = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Directory.Delete(_data, recursive: true);
        Directory.Delete(_archive, recursive: true);
    }

    [Fact]
    public async Task What_was_taken_from_the_log_is_closed_upon_counted_and_explained_out_of_the_archive()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(Token);
        await using (var up = await UpAsync(database.ConnectionString, lateness: 40_000))
        {
            await SendAsync(up, 0, Clicks, Start);
            await up.UntilReportedAsync(Reports, Clicks);
            await RunAsync(0, "billing", "close", "--data", _data);
            (_explained, _exported) = (await ExplainAsync(), await ExportAsync());
            Assert.Contains("Archive:To", await RunAsync(2, "archive", "--to", _archive, "--keep-log-days", "0", "--data", _data), StringComparison.Ordinal);
            await up.StopAsync();
        }

        await using (var up = await UpAsync(database.ConnectionString, lateness: 40_000, Kept(100)))
        {
            await Eventually.TrueAsync(async () => await TakenAsync() > 0, "Nothing was taken from the log.");
            await up.StopAsync();
        }

        await AssertOnlyArchivedAsync();
        await using (var up = await UpAsync(database.ConnectionString, lateness: 20_000, Kept(3_600_000)))
        {
            await AssertLateAsync(up);
            await AssertTrimmedByCommandAsync();
            await AssertReadAsync();
            await AssertRebuiltAsync();
            await up.StopAsync();
        }

        await AssertWithoutArchiveAsync(database.ConnectionString);
    }

    [Fact]
    public async Task Nothing_is_to_be_taken_from_the_log_where_nothing_is_archived()
    {
        var output = await RunAsync(2, [("Archive:KeepLogDays", "30")], "up", "--data", _data, "--urls", "http://127.0.0.1:0", "--postgres", "Host=nowhere");
        Assert.Contains("Archive:KeepLogDays is set and Archive:To is not", output, StringComparison.Ordinal);
    }

    /// <summary>A process that has never seen the whole log: clicks that are too late for their hours.</summary>
    private async Task AssertLateAsync(AdclicksProcess up)
    {
        await SendAsync(up, Clicks, Late, Start.AddMinutes(1));
        await up.UntilReportedAsync(Reports, Clicks + Late);
        Assert.Contains($"adjustments: gross {Late},", await RunAsync(0, "billing", "close", "--data", _data), StringComparison.Ordinal);
    }

    /// <summary>The copy that the closer made does not reach as far as what is taken now.</summary>
    private async Task AssertTrimmedByCommandAsync()
    {
        var before = await TakenAsync();
        Assert.Contains("are taken from the log", await RunAsync(0, Tool, "archive", "--keep-log-days", "0", "--data", _data), StringComparison.Ordinal);
        Assert.True(await TakenAsync() > before);
        Assert.Contains("Nothing is taken", await RunAsync(0, Tool, "archive", "--keep-log-days", "0", "--data", _data), StringComparison.Ordinal);
        await AssertOnlyArchivedAsync();
    }

    private async Task AssertReadAsync()
    {
        var output = await RunAsync(0, Tool, "reconcile", "--data", _data);
        Assert.Contains($"{Clicks + Late:N0} clicks replayed", output, StringComparison.Ordinal);
        Assert.Contains("Equal.", output, StringComparison.Ordinal);
        Assert.Equal(_explained, await ExplainAsync());
        Assert.Equal(_explained, Why(await RunAsync(0, Tool, "explain", "click-7", "--lines", "--log", Path.Combine(_data, "log"), "--data", _data)));
        Assert.Equal(_exported, await ExportAsync());
        Assert.Contains("Equal to the reports.", await RunAsync(0, Tool, "explain", "--sample", "300", "--data", _data), StringComparison.Ordinal);
    }

    private async Task AssertRebuiltAsync()
    {
        Assert.Matches("clicks-[0-9]+ begins with revision [0-9]+.*--from-archive", await RunAsync(2, "rebuild", "--data", _data));
        Assert.Contains("identical to the active one", await RunAsync(0, "rebuild", "--from-archive", _archive, "--switch", "--data", _data), StringComparison.Ordinal);
    }

    /// <summary>Never less without a word.</summary>
    private async Task AssertWithoutArchiveAsync(string postgres)
    {
        await using var up = await UpAsync(postgres, lateness: 0);
        foreach (var command in new string[][] { ["billing", "close"], ["reconcile", "--ledger-only"], ["explain", "click-7"], ["explain", "--bucket", "2015-05-17"], ["privacy", "export", "--user-id", "u7"] })
            Assert.Contains("Archive:To", await RunAsync(2, [.. command, "--data", _data]), StringComparison.Ordinal);
        Assert.Contains("what is to be billed cannot be known", await RunAsync(2, "billing", "close", "--data", _data), StringComparison.OrdinalIgnoreCase);
    }

    private async Task AssertOnlyArchivedAsync()
    {
        await using var log = EmbeddedEventLog.OpenReadOnly(Path.Combine(_data, "log"));
        using var store = new FolderStore(_archive);
        var through = (await ArchiveCoverage.ThroughAsync(log, store, Token))!;
        for (var p = 0; p < through.Count; p++)
        {
            var stream = StreamNames.Clicks(p);
            var (first, last) = (await log.GetFirstRevisionAsync(stream, Token), await log.GetLastRevisionAsync(stream, Token));
            Assert.InRange(first, 0, last < 0 ? 0 : Math.Min(through[p] + 1, last));
        }

        foreach (var stream in new[] { StreamNames.Billing, StreamNames.Reference, StreamNames.Audit }) Assert.Equal(0, await log.GetFirstRevisionAsync(stream, Token));
    }

    private async Task<long> TakenAsync()
    {
        await using var log = EmbeddedEventLog.OpenReadOnly(Path.Combine(_data, "log"));
        long taken = 0;
        for (var p = 0; p < Partitioner.DefaultCount; p++) taken += (await log.GetMetadataAsync(StreamNames.Clicks(p), Token)).TruncateBefore ?? 0;
        return taken;
    }

    private static async Task SendAsync(AdclicksProcess up, int first, int count, DateTimeOffset start)
    {
        for (var batch = first; batch < first + count; batch += Batch)
        {
            var lines = new StringBuilder();
            for (var i = batch; i < batch + Batch; i++)
                lines.Append($"{{\"event_id\":\"click-{i}\",\"ad_id\":\"ad{i % 7}\",\"campaign_id\":\"c{i % 3}\",\"advertiser_id\":\"acme\",\"timestamp_ms\":{start.AddSeconds(i % Clicks * 12).ToUnixTimeMilliseconds()},\"user_id\":\"u{i % 90}\"}}\n");
            Assert.Equal(Batch, (await up.SendAsync(lines.ToString()))!.Value.GetProperty("accepted").GetInt32());
        }
    }

    private async Task<string> ExplainAsync() => Why(await RunAsync(0, "explain", "click-7", "--lines", "--data", _data));

    /// <summary>A user of the clicks that came in time alone.</summary>
    private async Task<string> ExportAsync()
    {
        var lines = (await RunAsync(0, "privacy", "export", "--user-id", "u7", "--data", _data)).Split('\n').Where(l => l.Contains("\"click_id\"", StringComparison.Ordinal));
        return string.Join('\n', lines.Where(l => int.Parse(JsonDocument.Parse(l).RootElement.GetProperty("click_id").GetString()!.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture) < Clicks).Order(StringComparer.Ordinal));
    }

    /// <summary>Personal data is shown by the process alone.</summary>
    private static string Why(string explained)
    {
        using var json = JsonDocument.Parse(explained);
        return string.Join('\n', Said.Select(name => json.RootElement.GetProperty(name).GetRawText()));
    }

    private (string, string)[] Kept(int pollMs) => [("Archive:To", _archive), ("Archive:KeepLogDays", "0"), ("Archive:PollMs", $"{pollMs}")];

    private (string, string)[] Tool => [("Archive:To", _archive)];

    private Task<AdclicksProcess> UpAsync(string postgres, int lateness, params (string, string)[] settings) =>
        AdclicksProcess.UpAsync(_data, postgres, null, [.. settings, ("Billing:Close", "false"), ("Billing:LatenessMinutes", $"{lateness}")]);

    private static Task<string> RunAsync(int expected, params string[] arguments) => RunAsync(expected, [], arguments);

    private static async Task<string> RunAsync(int expected, (string, string)[] settings, params string[] arguments)
    {
        var (code, output) = await AdclicksProcess.RunAsync(settings, arguments);
        Assert.True(code == expected, $"{string.Join(' ', arguments)} ended with {code}: {output}");
        return output;
    }
}
