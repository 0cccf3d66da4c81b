using System.Diagnostics;
using System.Text;
using Adclicks.Projections.Archive;
using Adclicks.Support.Postgres;

namespace Adclicks.Tests.EndToEnd;

/// <summary>An archiver that is killed again and again, wherever it is.</summary>
public sealed class ArchiveKillTests : IDisposable
{
    private const int Batches = 3, BatchClicks = 1_000, Kills = 3, MostFiles = 8, Killed = 137;
    private static readonly DateTimeOffset Start = new(2015, 5, 17, 10, 0, 0, TimeSpan.Zero);
    private static readonly (string, string)[] SmallBatches = [("Archive:ClicksAtOnce", "1000")];
    private readonly string _data = Directory.CreateTempSubdirectory("adclicks-archive-").FullName;
    private readonly string _archive = Directory.CreateTempSubdirectory("adclicks-archives-").FullName;
    private readonly Random _random = new(20150518);

    public void Dispose()
    {
        Directory.Delete(_data, recursive: true);
        Directory.Delete(_archive, recursive: true);
    }

    [Fact]
    public async Task An_archive_that_was_interrupted_goes_on_without_a_gap_or_a_double()
    {
        await CloseAsync();
        var interrupted = 0;
        for (var i = 0; i < Kills; i++) interrupted += await KillAsync() ? 1 : 0;
        Assert.NotEqual(0, interrupted);
        await using (var last = AdclicksProcess.Begin(SmallBatches, "archive", "--to", _archive, "--data", _data)) await last.UntilEndedAsync();

        var lines = Clicks();
        Assert.Equal(lines.Count, lines.Select(l => l.EntryHash).Distinct().Count());
        Assert.Equal(Batches * BatchClicks, lines.Sum(l => l.Rows));
        Assert.Empty(Directory.GetFiles(_archive, "*.new", SearchOption.AllDirectories));
        // The chain, the bytes of the files, and their clicks by the ledger.
        var equal = await SucceedAsync("reconcile", "--source", "archive", "--archive", _archive, "--ledger-only", "--data", _data);
        Assert.Contains($"{Batches * BatchClicks:N0} clicks replayed", equal, StringComparison.Ordinal);
        Assert.Contains("Equal.", equal, StringComparison.Ordinal);
    }

    /// <summary>Seventeen hours of clicks in one close.</summary>
    private async Task CloseAsync()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await using var up = await AdclicksProcess.UpAsync(_data, database.ConnectionString);
        for (var batch = 0; batch < Batches; batch++)
        {
            var lines = new StringBuilder();
            for (var i = batch * BatchClicks; i < (batch + 1) * BatchClicks; i++)
                lines.Append($"{{\"event_id\":\"click-{i}\",\"ad_id\":\"ad{i % 97}\",\"campaign_id\":\"c{i % 3}\",\"timestamp_ms\":{Start.AddSeconds(i * 20).ToUnixTimeMilliseconds()},\"user_id\":\"u{i % 400}\"}}\n");
            Assert.NotNull(await up.SendAsync(lines.ToString()));
        }

        await SucceedAsync("billing", "close", "--data", _data);
        await up.StopAsync();
    }

    /// <summary>Kills one when it has written some more, be it a whole file or half of one; false where it was at its end by then.</summary>
    private async Task<bool> KillAsync()
    {
        var until = Count() + _random.Next(1, MostFiles);
        await using var archiver = AdclicksProcess.Begin(SmallBatches, "archive", "--to", _archive, "--data", _data);
        // Without a pause: a file takes a few milliseconds.
        for (var clock = Stopwatch.StartNew(); archiver.IsRunning && Count() < until && clock.Elapsed < TimeSpan.FromSeconds(60);) await Task.Yield();
        return await archiver.KillAsync() == Killed;

        int Count() => Directory.GetFiles(_archive, "*", SearchOption.AllDirectories).Length;
    }

    private List<ManifestLine> Clicks() =>
    [
        .. Directory.GetFiles(Path.Combine(_archive, "manifest"), "*.jsonl").OrderBy(f => long.Parse(Path.GetFileNameWithoutExtension(f), System.Globalization.CultureInfo.InvariantCulture))
            .SelectMany(File.ReadLines).Select(ManifestLine.Parse).Where(l => l.IsClicks),
    ];

    private static async Task<string> SucceedAsync(params string[] arguments)
    {
        var (code, output) = await AdclicksProcess.RunAsync(arguments);
        Assert.True(code == 0, $"{string.Join(' ', arguments)} ended with {code}: {output}");
        return output;
    }
}
