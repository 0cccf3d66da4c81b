using System.Text;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Rollups;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Tests.Support;
using Adclicks.Support.Postgres;
using Adclicks.Tests.Support;
using Npgsql;

namespace Adclicks.Projections.Tests.Engine;

public sealed class ReferenceJoinTests : IAsyncLifetime
{
    private readonly MemoryEventLog _log = new();
    private readonly ReferenceHistory _history = new();
    private readonly List<Click> _joined = [];
    private TestDatabase _database = null!, _second = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync(Token);
        _second = await TestPostgres.CreateDatabaseAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Fact]
    public async Task Clicks_count_where_their_ads_belonged_and_a_replay_after_edits_gives_the_same()
    {
        var clicks = ClickGen.Clicks(seed: 11, count: 1_200).Chunk(200).ToArray();
        await RecordAsync(clicks[0]);
        await DefineAsync(new Advertiser("owner", "", []), new Campaign("spring", "owner", ""), new Ad("ad1", "spring", "", ""), new Ad("ad2", "spring", "", ""));
        await RecordAsync(clicks[1]);
        await using (var projector = await Projector.StartAsync(_database.ConnectionString, _log, ("FlushClicks", 100), ("CachedValues", 1_000)))
        {
            await projector.CaughtUpAsync();
            Recorded(await LastAsync());
            await DefineAsync(new Campaign("summer", "owner", ""), new Ad("ad2", "summer", "", ""), new Publisher("p1", ""));
            await RecordAsync(clicks[2]);
            await DefineAsync(new Advertiser("heir", "", []), new Campaign("summer", "heir", ""));
            await RecordAsync(clicks[3]);
            await ChangeAsync(ReferenceChange.Remove(ReferenceKind.Ad, "ad1"));
            await RecordAsync(clicks[4]);

            // A node that was behind: its clicks come later in the log, and were recorded with an older revision.
            await RecordAsync(clicks[5], revision: 3);
            await projector.CaughtUpAsync();
        }

        var live = await DumpAsync(_database);
        Assert.Equal(Expected(), live);
        await DefineAsync(new Campaign("summer", "owner", ""), new Ad("ad1", "summer", "", ""), new Ad("ad3", "spring", "", ""));
        await using (var replay = await Projector.StartAsync(_second.ConnectionString, _log)) await replay.CaughtUpAsync();
        Assert.Equal(live, await DumpAsync(_second));
    }

    [Fact]
    public async Task A_revision_that_is_not_in_the_log_makes_a_dead_letter()
    {
        var clicks = ClickGen.Clicks(seed: 12, count: 40);
        await RecordAsync(clicks[..20], revision: 999);
        await RecordAsync(clicks[20..]);
        await using var projector = await Projector.StartAsync(_database.ConnectionString, _log, ("ReferenceWaitMs", 10));
        var status = await projector.CaughtUpAsync();
        Assert.True(status.DeadLetters > 0);
        Assert.Equal(20, status.ClicksProjected);
    }

    [Fact]
    public async Task Clicks_are_judged_by_the_rules_they_were_recorded_with()
    {
        await RecordAsync([Scripted(1)]);
        await DefineAsync(new BadUserAgent("scripts", "curl/"));
        await RecordAsync([Scripted(2), Scripted(3)]);
        await ChangeAsync(ReferenceChange.Remove(ReferenceKind.Rule, "scripts"));
        await RecordAsync([Scripted(4)]);
        await using (var projector = await Projector.StartAsync(_database.ConnectionString, _log)) await projector.CaughtUpAsync();
        await using var sql = NpgsqlDataSource.Create(_database.ConnectionString);
        await using var command = sql.CreateCommand("SELECT string_agg(verdict || '=' || clicks, ' ' ORDER BY verdict) FROM adclicks_g1.verdicts");
        Assert.Equal("counted=2 marked:rule:scripts=2", await command.ExecuteScalarAsync(Token));

        static Click Scripted(byte visitor) => new()
        {
            EventId = $"e{visitor}", ClickedAtMs = 1_800_000_000_000, ServerTimestampMs = 1_800_000_000_000, AdId = "ad",
            VisitorHash = Enumerable.Repeat(visitor, 16).ToArray(), IpHash = new byte[16], UserAgent = "curl/8.5.0",
        };
    }

    private Task DefineAsync(params ReferenceItem[] items) => ChangeAsync([.. items.Select(ReferenceChange.Define)]);

    private async Task ChangeAsync(params ReferenceChange[] changes)
    {
        foreach (var change in changes)
        {
            var e = new EventData(Guid.NewGuid(), ReferenceEvents.TypeOf(change), ReferenceEvents.ToJson(change), default, true);
            var result = await _log.AppendAsync(StreamNames.Reference, ExpectedRevision.Any, [e], Token);
            Recorded(result.Revision - 1);
            _history.Apply(result.Revision, change);
        }
    }

    /// <summary>What the projector itself has written there changes no item.</summary>
    private void Recorded(long revision)
    {
        while (_history.AppliedRevision < revision) _history.Apply(_history.AppliedRevision + 1, null);
    }

    private ValueTask<long> LastAsync() => _log.GetLastRevisionAsync(StreamNames.Reference, Token);

    private async Task RecordAsync(IEnumerable<Click> clicks, long? revision = null)
    {
        var stamped = revision ?? _history.AppliedRevision;
        foreach (var group in clicks.GroupBy(c => Partitioner.PartitionOf(c.AdId, Projector.Partitions)))
        {
            foreach (var packed in group.Chunk(7))
            {
                var metadata = new ClicksRecordedMetadata(1, "test", stamped, "", packed.Length, new Dictionary<string, int>()).ToJson();
                var data = packed.SelectMany(ClickEncoder.Encode).ToArray();
                await _log.AppendAsync(StreamNames.Clicks(group.Key), ExpectedRevision.Any, [new EventData(Guid.NewGuid(), ClicksRecorded.EventType, data, metadata)], Token);
            }
        }

        if (stamped <= _history.AppliedRevision) _joined.AddRange(clicks.Select(c => Join(c, stamped)));
    }

    /// <summary>The click as if it had said itself where it belongs.</summary>
    private Click Join(Click c, long revision)
    {
        var encoded = ClickEncoder.Encode(c);
        foreach (var view in ClicksRecorded.Read(encoded))
        {
            var join = new ClickJoin(view, _history.AsOf(revision));
            return new Click
            {
                EventId = c.EventId, ClickedAtMs = c.ClickedAtMs, ServerTimestampMs = c.ServerTimestampMs, AdId = c.AdId,
                CampaignId = Encoding.UTF8.GetString(join.CampaignId), AdvertiserId = Encoding.UTF8.GetString(join.AdvertiserId),
                PublisherId = c.PublisherId, VisitorHash = c.VisitorHash, IpHash = c.IpHash, Country = c.Country, Region = c.Region, City = c.City,
                DeviceType = c.DeviceType, Os = c.Os, Browser = c.Browser, Crawler = c.Crawler, IngestMark = c.IngestMark,
            };
        }

        throw new InvalidOperationException("No click.");
    }

    private List<string> Expected() =>
    [
        .. from cuboid in Cuboids.All
           from granularity in cuboid.Granularities
           from row in BruteForce.Rows(_joined, Projector.Partitions, cuboid, granularity)
           select cuboid.TableName(granularity) + "|" + row,
    ];

    private static async Task<List<string>> DumpAsync(TestDatabase database)
    {
        await using var sql = NpgsqlDataSource.Create(database.ConnectionString);
        return await ReadModels.DumpAllAsync(sql, 1);
    }
}
