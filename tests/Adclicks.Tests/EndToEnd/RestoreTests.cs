using System.Text;
using System.Text.Json;
using Adclicks.Support;
using Adclicks.Support.Postgres;

namespace Adclicks.Tests.EndToEnd;

/// <summary>Archive in the background, back up, lose everything, restore.</summary>
public sealed class RestoreTests : IDisposable
{
    private const string Day = "timeseries?start_time=2015-05-17&end_time=2015-05-18&granularity=hour&dimensions=advertiser_id,ad_id&metrics=gross_click_count,billable_click_count,unique_users";
    private static readonly DateTimeOffset Start = new(2015, 5, 17, 10, 0, 0, TimeSpan.Zero);
    private readonly string _root = Directory.CreateTempSubdirectory("adclicks-restore-").FullName;

    private string Data => Path.Combine(_root, "data");

    private string Archive => Path.Combine(_root, "archive");

    private string Backup => Path.Combine(_root, "backup");

    private string Heads => Path.Combine(_root, "heads");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task What_was_lost_comes_back_with_the_same_numbers_and_the_same_ledger()
    {
        Directory.CreateDirectory(Data);
        await using var database = await TestPostgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        string report, statement;
        await using (var up = await AdclicksProcess.UpAsync(Data, database.ConnectionString, null, ("Archive:To", Archive), ("Archive:PollMs", "100"), ("Billing:PublishHeadTo", Heads)))
        {
            await SendAsync(up, 0, 600);
            var closed = await SucceedAsync(0, "billing", "close", "--data", Data);
            var head = JsonDocument.Parse(Assert.Single(await File.ReadAllLinesAsync(Heads, TestContext.Current.CancellationToken))).RootElement.GetProperty("hash").GetString()!;
            Assert.Contains(head, closed, StringComparison.Ordinal);
            await Eventually.TrueAsync(async () => Directory.Exists(Path.Combine(Archive, "manifest")) && (await SucceedAsync(0, "archive", "--to", Archive, "--data", Data)).Contains("Nothing new", StringComparison.Ordinal), "It is not archived.");
            // Of a closed hour, and known to neither ledger nor archive.
            await SendAsync(up, 600, 50);
            Assert.Contains("identical", await SucceedAsync(0, "rebuild", "--from-archive", Archive, "--data", Data), StringComparison.Ordinal);
            Assert.Contains("Equal.", await SucceedAsync(0, "reconcile", "--data", Data), StringComparison.Ordinal);
            await SucceedAsync(0, "backup", "--to", Backup, "--archive", Archive, "--data", Data);
            (report, statement) = ((await up.ReportAsync(Day)).GetProperty("rows").GetRawText(), await StatementAsync(Data));
            await up.StopAsync();
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Backup));
        var restored = Path.Combine(_root, "restored");
        Assert.Contains("give --archive", await SucceedAsync(2, "restore", "--from", Backup, "--data", restored), StringComparison.Ordinal);
        await SucceedAsync(0, "restore", "--from", Backup, "--archive", Archive, "--data", restored);
        Assert.Contains("not empty", await SucceedAsync(2, "restore", "--from", Backup, "--archive", Archive, "--data", restored), StringComparison.Ordinal);
        await AssertSameAsync(restored, report, statement);

        var alone = Path.Combine(_root, "alone");
        await SucceedAsync(0, "restore", "--archive", Archive, "--data", alone);
        Assert.Contains("Equal.", await SucceedAsync(0, "reconcile", "--data", alone, "--ledger-only"), StringComparison.Ordinal);
        Assert.Contains("Equal.", await SucceedAsync(0, "reconcile", "--data", alone, "--source", "archive", "--archive", Archive), StringComparison.Ordinal);
    }

    /// <summary>On a database that knows nothing: reports are built from what was restored.</summary>
    private static async Task AssertSameAsync(string data, string report, string statement)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await using var up = await AdclicksProcess.UpAsync(data, database.ConnectionString);
        await Eventually.TrueAsync(async () => (await up.ReportAsync(Day)).GetProperty("rows").GetRawText() == report, "The report is another one.");
        Assert.Equal(statement, await StatementAsync(data));
        Assert.Contains("Equal.", await SucceedAsync(0, "reconcile", "--data", data), StringComparison.Ordinal);
        await up.StopAsync();
    }

    /// <summary>Clicks of three hours of 2015, some twice, and as many of now, whose hour stays open.</summary>
    private static async Task SendAsync(AdclicksProcess up, int first, int count)
    {
        var lines = new StringBuilder();
        for (var i = first; i < first + count; i++)
        {
            var ms = Start.AddSeconds((i / 2 * 24) + (i % 2)).ToUnixTimeMilliseconds();
            var click = $"\"ad_id\":\"ad{i / 2 % 7}\",\"campaign_id\":\"c{i / 2 % 3}\",\"advertiser_id\":\"{(i / 2 % 7 < 3 ? "acme" : "globex")}\",\"user_id\":\"u{(i % 5 == 0 ? i : i / 2)}\"";
            lines.Append($"{{\"event_id\":\"click-{i}\",\"timestamp_ms\":{ms},{click},\"user_agent\":\"{(i % 11 == 0 ? "Googlebot/2.1" : "Mozilla/5.0 Firefox/128.0")}\"}}\n");
            if (i % 3 == 0) lines.Append($"{{\"event_id\":\"now-{i}\",\"timestamp_ms\":{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()},{click}}}\n");
        }

        foreach (var part in lines.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Chunk(500)) Assert.NotNull(await up.SendAsync(string.Join('\n', part)));
    }

    private static Task<string> StatementAsync(string data) => SucceedAsync(0, "statement", "--advertiser", "acme", "--month", "2015-05", "--format", "json", "--data", data);

    private static async Task<string> SucceedAsync(int expected, params string[] arguments)
    {
        var (code, output) = await AdclicksProcess.RunAsync(arguments);
        Assert.True(code == expected, $"{string.Join(' ', arguments)} ended with {code}: {output}");
        return output;
    }
}
