using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Adclicks.Support;
using Adclicks.Support.Postgres;

namespace Adclicks.Tests.EndToEnd;

/// <summary>Export, erase and shred through the command line: what was personal is gone, and no number changes.</summary>
public sealed class PrivacyTests : IDisposable
{
    private const int Clicks = 400, Users = 40;
    private const string Reports = "timeseries?start_time=2015-05-17&end_time=2015-05-18&granularity=hour&dimensions=ad_id&metrics=gross_click_count,click_count,billable_click_count,unique_users,unique_ips";
    private static readonly DateTimeOffset Start = new(2015, 5, 17, 10, 0, 0, TimeSpan.Zero);
    private readonly string _data = Directory.CreateTempSubdirectory("adclicks-privacy-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string OldKey => Path.Combine(_data, "secrets", "days", "2020-01-01.key");

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task What_is_personal_can_be_shown_erased_and_shredded_and_no_number_changes()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(OldKey)!);
        await File.WriteAllTextAsync(OldKey, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), Token);
        await using var database = await TestPostgres.CreateDatabaseAsync(Token);
        await using var up = await AdclicksProcess.UpAsync(_data, database.ConnectionString);
        await SendAsync(up);
        await up.UntilReportedAsync(Reports, Clicks);
        await RunAsync(0, "billing", "close", "--data", _data);
        var reports = await CountsAsync(up);

        await AssertExpiredAsync();
        await AssertShownAsync(up);
        await AssertErasedAsync(up);
        await RunAsync(0, "privacy", "rotate-master", "--data", _data);
        Assert.Equal("person-2", await SaidAsync(up, "click-2", "user_id"));
        await AssertShreddedAsync(up);

        Assert.Equal(reports, await CountsAsync(up));
        Assert.Contains("Equal.", await RunAsync(0, "reconcile", "--data", _data), StringComparison.Ordinal);
        await RunAsync(0, "rebuild", "--data", _data);
        await AssertAuditedAsync();
        await up.StopAsync();
        await AssertNowhereAsync();
    }

    /// <summary>Rows without the time they became final, which reports hear of a moment after the close.</summary>
    private static async Task<string> CountsAsync(AdclicksProcess up) => string.Join('\n', (await up.ReportAsync(Reports)).GetProperty("rows").EnumerateArray()
        .Select(row => string.Join(',', row.EnumerateObject().Where(member => member.Name != "final_at").Select(member => member.Value.ToString()))));

    /// <summary>Each user ten times, every other click within the window of the one before.</summary>
    private static async Task SendAsync(AdclicksProcess up)
    {
        var lines = new StringBuilder();
        for (var i = 0; i < Clicks; i++)
        {
            var ms = Start.AddSeconds((i / Users / 2 * 900) + (i % Users * 10) + (i / Users % 2)).ToUnixTimeMilliseconds();
            lines.Append($"{{\"event_id\":\"click-{i}\",\"ad_id\":\"ad{i % 7}\",\"campaign_id\":\"c1\",\"advertiser_id\":\"acme\",\"timestamp_ms\":{ms},")
                .Append($"\"user_id\":\"person-{i % Users}\",\"ip_address\":\"203.0.113.{i % Users + 1}\",\"user_agent\":\"Mozilla/5.0 Firefox/128.0\"}}\n");
        }

        Assert.Equal(Clicks, (await up.SendAsync(lines.ToString()))!.Value.GetProperty("accepted").GetInt32());
    }

    private async Task AssertExpiredAsync()
    {
        await Eventually.TrueAsync(() => !File.Exists(OldKey), "An old key is still there.");
        Assert.Contains(DateTime.UtcNow.ToString("yyyy-MM-dd", null), await RunAsync(0, "privacy", "status", "--data", _data), StringComparison.Ordinal);
    }

    private async Task AssertShownAsync(AdclicksProcess up)
    {
        Assert.Equal("person-1", await SaidAsync(up, "click-1", "user_id"));
        Assert.Equal("203.0.113.2", await SaidAsync(up, "click-1", "ip_address"));
        var exported = await ExportAsync("person-1");
        Assert.Equal(Clicks / Users, exported.Count);
        Assert.All(exported, e => Assert.Equal("203.0.113.2", e.GetProperty("said").GetProperty("ip_address").GetString()));
        await RunAsync(1, "privacy", "export", "--user-id", "nobody", "--data", _data);
    }

    private async Task AssertErasedAsync(AdclicksProcess up)
    {
        await RunAsync(0, "privacy", "erase", "--user-id", "person-1", "--data", _data);
        Assert.Null(await SaidAsync(up, "click-1", "user_id"));
        Assert.StartsWith("erased", await SaidAsync(up, "click-1", "sealed"), StringComparison.Ordinal);
        Assert.Equal("person-2", await SaidAsync(up, "click-2", "user_id"));
        Assert.All(await ExportAsync("person-1"), e => Assert.False(e.GetProperty("said").TryGetProperty("user_id", out _)));
        Assert.Contains("before", await RunAsync(0, "privacy", "erase", "--user-id", "person-1", "--data", _data), StringComparison.Ordinal);
    }

    private async Task AssertShreddedAsync(AdclicksProcess up)
    {
        var today = DateTime.UtcNow.ToString("yyyy-MM-dd", null);
        Assert.Contains("not over", await RunAsync(2, "privacy", "shred", "--day", today, "--data", _data), StringComparison.Ordinal);
        await RunAsync(1, "privacy", "shred", "--day", "2019-01-01", "--data", _data);
        await RunAsync(0, "privacy", "shred", "--day", today, "--force", "--data", _data);
        Assert.StartsWith("shredded", await SaidAsync(up, "click-2", "sealed"), StringComparison.Ordinal);
        Assert.Null(await SaidAsync(up, "click-2", "user_id"));
        // What comes now has a new key, which opens nothing of before.
        await up.SendAsync("{\"event_id\":\"later\",\"ad_id\":\"ad1\",\"campaign_id\":\"c1\",\"advertiser_id\":\"acme\",\"timestamp_ms\":1431000000000,\"user_id\":\"person-2\"}\n");
        Assert.Equal("person-2", await SaidAsync(up, "later", "user_id"));
        Assert.StartsWith("shredded", await SaidAsync(up, "click-2", "sealed"), StringComparison.Ordinal);
    }

    private async Task AssertAuditedAsync()
    {
        var audit = await RunAsync(0, "audit", "--limit", "1000", "--data", _data);
        foreach (var action in new[] { "day-shredded", "person-exported", "person-erased", "master-key-rotated", "click-explained" }) Assert.Contains(action, audit, StringComparison.Ordinal);
        Assert.Contains("day 2020-01-01", audit, StringComparison.Ordinal);
        Assert.DoesNotContain("person-1", audit, StringComparison.Ordinal);
    }

    /// <summary>Neither was ever on disk in the clear.</summary>
    private async Task AssertNowhereAsync()
    {
        foreach (var file in Directory.EnumerateFiles(_data, "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file, Token);
            foreach (var text in new[] { "person-1", "203.0.113.2" }) Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) < 0, $"{file} has {text}.");
        }
    }

    private async Task<List<JsonElement>> ExportAsync(string user)
    {
        var file = Path.Combine(_data, "export");
        await RunAsync(0, "privacy", "export", "--user-id", user, "--to", file, "--data", _data);
        var lines = await File.ReadAllLinesAsync(file, Token);
        File.Delete(file);
        return [.. lines.Select(l => JsonDocument.Parse(l).RootElement)];
    }

    private static async Task<string?> SaidAsync(AdclicksProcess up, string click, string field)
    {
        var explained = await up.GetAsync($"/clicks/{click}/explanation");
        return explained[0].GetProperty("said").TryGetProperty(field, out var said) ? said.GetString() : null;
    }

    private static async Task<string> RunAsync(int expected, params string[] arguments)
    {
        var (code, output) = await AdclicksProcess.RunAsync(arguments);
        Assert.True(code == expected, $"{string.Join(' ', arguments)} ended with {code}: {output}");
        return output;
    }
}
