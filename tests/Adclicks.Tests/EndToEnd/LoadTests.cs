using Adclicks.Support.Postgres;

namespace Adclicks.Tests.EndToEnd;

public sealed class LoadTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adclicks-load-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Sample_clicks_are_counted_like_any_other()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await using var up = await AdclicksProcess.UpAsync(_folder, database.ConnectionString);
        var (code, output) = await AdclicksProcess.RunAsync("load", "--clicks", "2500", "--days", "3", "--data", _folder);

        Assert.True(code == 0, output);
        Assert.Contains("2,500 accepted, 0 rejected", output, StringComparison.Ordinal);
        var from = DateTimeOffset.UtcNow.AddDays(-4).ToUnixTimeMilliseconds();
        var row = Assert.Single(await up.UntilReportedAsync($"totals?start_time={from}", 2_500));
        Assert.InRange(row.GetProperty("duplicate_click_count").GetInt64(), 50, 150);
    }
}
