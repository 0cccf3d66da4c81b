using Adclicks.Domain.Clicks;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Tests.Support;

namespace Adclicks.Projections.Tests.Generations;

public sealed class GenerationRulesTests : ProjectorTests
{
    [Fact]
    public async Task Another_window_is_that_of_the_next_generation()
    {
        await RecordAsync(Enumerable.Range(0, 10).Select(i => Click(i, seconds: i * 5)), -1);
        await using (var before = await Projector.StartAsync(ConnectionString, Log, ("Dedup:WindowMs", 10_000))) await before.CaughtUpAsync();
        await using var projector = await Projector.StartAsync(ConnectionString, Log, ("Dedup:WindowMs", 60_000));
        await RecordAsync(Enumerable.Range(10, 10).Select(i => Click(i, seconds: i * 5)), -1);
        await projector.WaitAsync(s => s.ClicksProjected == 20);
        var built = await BuiltAsync(projector, latestRules: false);

        Assert.Equal("counted=10 duplicate:visitor=10", await VerdictsAsync(1));
        Assert.Equal("counted=2 duplicate:visitor=18", await VerdictsAsync(built));
        Assert.NotEmpty((await projector.Generations.CompareAsync(1, built, Token))!);
    }

    [Fact]
    public async Task The_latest_rules_interpret_all_clicks_and_newer_ones_as_they_were_recorded()
    {
        await RecordAsync([Click(1), Click(2)], -1);
        await DefineAsync(new BadUserAgent("scripts", "curl/"));
        await using var projector = await Projector.StartAsync(ConnectionString, Log);
        await projector.CaughtUpAsync();
        var last = await Log.GetLastRevisionAsync(StreamNames.Reference, Token);

        var built = await BuiltAsync(projector, latestRules: true);
        await DefineAsync(new BadUserAgent("scripts", "wget/"));
        await RecordAsync([Click(3)], last + 1);
        await projector.WaitAsync(s => s.ClicksProjected == 3);
        await Projector.UntilAsync(async () => (await projector.Generations.ProgressAsync(built, Token)).Clicks == 3);

        Assert.Equal("counted=3", await VerdictsAsync(1));
        Assert.Equal("counted=1 marked:rule:scripts=2", await VerdictsAsync(built));
        Assert.Equal(built, (await projector.Generations.BuildAsync(new(LatestRules: true), Token)).Id);
        await Assert.ThrowsAsync<InvalidOperationException>(() => projector.Generations.BuildAsync(cancellationToken: Token));
    }

    private static async Task<int> BuiltAsync(Projector projector, bool latestRules)
    {
        var built = await projector.Generations.BuildAsync(new(latestRules), Token);
        await Projector.UntilAsync(async () => (await projector.Generations.ProgressAsync(built.Id, Token)).IsComplete);
        return built.Id;
    }

    private async Task<string?> VerdictsAsync(int generation)
    {
        await using var command = Sql.CreateCommand(
            $"SELECT string_agg(verdict || '=' || clicks, ' ' ORDER BY verdict) FROM (SELECT verdict, sum(clicks) AS clicks FROM adclicks_g{generation}.verdicts GROUP BY 1) v");
        return (string?)await command.ExecuteScalarAsync(Token);
    }

    private async Task DefineAsync(ReferenceItem item)
    {
        var change = ReferenceChange.Define(item);
        await Log.AppendAsync(StreamNames.Reference, ExpectedRevision.Any, [new EventData(Guid.NewGuid(), ReferenceEvents.TypeOf(change), ReferenceEvents.ToJson(change), default, true)], Token);
    }

    private async Task RecordAsync(IEnumerable<Click> clicks, long revision)
    {
        var metadata = new ClicksRecordedMetadata(1, "test", revision, "", 1, new Dictionary<string, int>()).ToJson();
        foreach (var click in clicks)
        {
            await Log.AppendAsync(
                StreamNames.Clicks(Partitioner.PartitionOf(click.AdId, Projector.Partitions)), ExpectedRevision.Any,
                [new EventData(Guid.NewGuid(), ClicksRecorded.EventType, ClickEncoder.Encode(click), metadata)], Token);
        }
    }

    /// <summary>All by one visitor; numbered clicks without a time are an hour apart.</summary>
    private static Click Click(int number, int? seconds = null)
    {
        var ms = 1_800_000_000_000 + ((seconds ?? (number * 3_600)) * 1_000L);
        return new()
        {
            EventId = $"e{number}", ClickedAtMs = ms, ServerTimestampMs = ms, AdId = "ad", VisitorHash = new byte[16], IpHash = new byte[16], UserAgent = "curl/8.5.0",
        };
    }
}
