using System.Text.RegularExpressions;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.Embedded;
using Adclicks.Support;
using Adclicks.Support.Postgres;

namespace Adclicks.Tests.EndToEnd;

public sealed partial class RebuildTests : IDisposable
{
    private const int Clicks = 60_000;
    private readonly string _data = Directory.CreateTempSubdirectory("adclicks-rebuild-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_rebuild_survives_a_kill_is_compared_and_switched_and_another_window_is_shown_as_differences()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(Token);
        await AppendAsync();
        await using (var first = await AdclicksProcess.UpAsync(_data, database.ConnectionString))
        {
            var cut = RunAsync(first, "rebuild", "--switch");
            await UntilToldAsync(first, cut);
            await first.KillAsync();
            var (code, output) = await cut;
            Assert.True(code == 2, output);
            Assert.Contains("goes on being built", output, StringComparison.Ordinal);
        }

        await using (var second = await AdclicksProcess.UpAsync(_data, database.ConnectionString))
        {
            var (code, output) = await RunAsync(second, "rebuild", "--switch");
            Assert.True(code == 0, output);
            Assert.Contains("identical to the active one (1)", output, StringComparison.Ordinal);
            Assert.Contains("Generation 2 is the active one.", output, StringComparison.Ordinal);
            Assert.Equal(1, (await RunAsync(second, "generations", "drop", "2")).Code);
            Assert.Equal(0, (await RunAsync(second, "generations", "drop", "1")).Code);
            Assert.Equal(0, await second.StopAsync());
        }

        await using var third = await AdclicksProcess.UpAsync(_data, database.ConnectionString, null, ("Projections:Dedup:WindowMs", "60000"));
        var (different, table) = await RunAsync(third, "rebuild", "--switch");
        Assert.True(different == 1, table);
        Assert.Contains("verdicts", table, StringComparison.Ordinal);
        Assert.Contains("Not switched", table, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(third, "generations", "switch", "3")).Code);
        var (_, list) = await RunAsync(third, "generations", "list");
        Assert.Matches(@"(?m)^ +2  retired .* window 10 s.*\n +3  active .* window 60 s", list);

        var (same, part) = await RunAsync(third, "rebuild", "--partitions", "3,5-6", "--switch");
        Assert.True(same == 0, part);
        Assert.Contains("Generation 4: partitions 1, 2, 3, 5, 6, 7, 9,", part, StringComparison.Ordinal);
        Assert.Contains("identical to the active one (3)", part, StringComparison.Ordinal);
        Assert.Contains("There is no partition 64", (await RunAsync(third, "rebuild", "--partitions", "64")).Output, StringComparison.Ordinal);
        Assert.Contains("is not a list", (await RunAsync(third, "rebuild", "--partitions", "3-")).Output, StringComparison.Ordinal);
    }

    /// <summary>The one who asked for generation 2 has been told that it is being built, which takes a moment.</summary>
    private static Task UntilToldAsync(AdclicksProcess up, Task asking) => Eventually.TrueAsync(
        async () => asking.IsCompleted || Built().IsMatch(await up.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token)), "It is not begun.");

    [GeneratedRegex("(?m)^http_server_request_duration_seconds_count\\{(?=.*POST)(?=.*\"201\")(?=.*\"/admin/generations/?\").*\\} [1-9]")]
    private static partial Regex Built();

    /// <summary>Visitors that come back after half a minute.</summary>
    private async Task AppendAsync()
    {
        await using var log = EmbeddedEventLog.Open(Path.Combine(_data, "log"));
        var clicks = Enumerable.Range(0, Clicks).Select(i => new Click
        {
            EventId = $"e{i}", ClickedAtMs = 1_800_000_000_000 + (i / 2 * 100L) + (i % 2 * 30_000L), ServerTimestampMs = 1_800_000_000_000 + (i * 50L),
            AdId = $"ad{i / 2 % 50}", CampaignId = "c", VisitorHash = new Guid(i / 2, 1, 1, new byte[8]).ToByteArray(), IpHash = new byte[16], Country = $"C{i % 7}",
        });
        foreach (var partition in clicks.GroupBy(c => Partitioner.PartitionOf(c.AdId, Partitioner.DefaultCount)))
        {
            var events = partition.Chunk(100).Select(packed => new EventData(
                Guid.NewGuid(), ClicksRecorded.EventType, packed.SelectMany(ClickEncoder.Encode).ToArray(),
                new ClicksRecordedMetadata(1, "test", -1, "", packed.Length, new Dictionary<string, int>()).ToJson())).ToList();
            await log.AppendAsync(StreamNames.Clicks(partition.Key), ExpectedRevision.Any, events, Token);
        }
    }

    private Task<(int Code, string Output)> RunAsync(AdclicksProcess up, params string[] verb) =>
        AdclicksProcess.RunAsync([.. verb, "--data", _data, "--url", up.Http.BaseAddress!.ToString()]);
}
