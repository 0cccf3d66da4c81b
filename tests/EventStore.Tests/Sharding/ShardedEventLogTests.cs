using Adclicks.Domain.Streams;
using Adclicks.EventStore.Sharding;
using Adclicks.EventStore.Tests.EventStoreDb;
using Adclicks.Tests.Support;

namespace Adclicks.EventStore.Tests.Sharding;

public sealed class ShardedEventLogTests : IAsyncDisposable
{
    private readonly MemoryEventLog _home = new();
    private readonly MemoryEventLog _east = new();
    private readonly MemoryEventLog _west = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var log in new[] { _home, _east, _west })
            await log.DisposeAsync();
    }

    [Fact]
    public async Task Clicks_go_to_their_shard_and_all_else_home()
    {
        await using var log = Open("0-1", "2-3");
        string[] streams = [.. Enumerable.Range(0, 4).Select(StreamNames.Clicks), StreamNames.Reference, StreamNames.Billing, "clicks-004", "clicks-0", "clicks-x"];
        var results = await log.AppendAsync([.. streams.Select(s => Servers.AnyAppend(s, Servers.Event()))], Cancellation);
        Assert.All(results, r => Assert.True(r.Succeeded));
        foreach (var (stream, i) in streams.Select((s, i) => (s, i)))
        {
            var where = i < 2 ? _east : i < 4 ? _west : _home;
            Assert.True(await where.GetLastRevisionAsync(stream, Cancellation) >= 0, stream);
            Assert.NotEmpty(await log.AllAsync(stream));
        }
    }

    [Fact]
    public async Task The_map_is_recorded_and_another_is_refused()
    {
        await using (var log = Open("0-1", "2-3"))
            await log.CheckMapAsync(Cancellation);
        await using (var same = Open("0,1", "2-3"))
            await same.CheckMapAsync(Cancellation);

        Assert.Contains("Partition 1 ", await RefusedAsync(Open("0", "1-3")), StringComparison.Ordinal);
        Assert.Contains("4 partitions", await RefusedAsync(Open("0-1", "2-4", 5)), StringComparison.Ordinal);
        Assert.Contains("EventStore:Shards", await RefusedAsync(new ShardedEventLog(_home, null, new Dictionary<string, IEventLog>())), StringComparison.Ordinal);
        Assert.Contains("leads to", await RefusedAsync(Open("0-1", "2-3", swapped: true)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shards_for_a_log_that_has_clicks_are_refused()
    {
        await _home.AppendAsync(StreamNames.Clicks(2), ExpectedRevision.Any, [Servers.Event()], Cancellation);
        Assert.Contains("Partition 2 ", await RefusedAsync(Open("0-1", "2-3")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_one_shard_stored_while_another_was_down_is_not_stored_again()
    {
        await using var log = Open("0-1", "2-3");
        await log.CheckMapAsync(Cancellation);
        StreamAppend[] appends = [Servers.AnyAppend(StreamNames.Clicks(0), Servers.Event()), Servers.AnyAppend(StreamNames.Clicks(3), Servers.Event())];
        _west.IsDown = true;
        var error = await Assert.ThrowsAsync<EventLogUnavailableException>(async () => await log.AppendAsync(appends, Cancellation));
        Assert.True(error.OutcomeUnknown);
        _west.IsDown = false;
        // A log that would store the same again shows that it was not asked to.
        _east.BeforeAppend = _ => throw new InvalidOperationException("asked twice");
        Assert.Equal([0L, 0L], (await log.AppendAsync(appends, Cancellation)).Select(r => r.Revision));
    }

    [Theory]
    [InlineData("0-1", "1-3", "partition 1 ")]
    [InlineData("0-1", "3", "partition 2 ")]
    [InlineData("0-1", "2-9", "'2-9'")]
    [InlineData("0-1", "3-2", "'3-2'")]
    [InlineData("0-1", "x", "'x'")]
    public void A_map_that_makes_no_sense_is_refused(string east, string west, string named) => Assert.Contains(
        named, Assert.Throws<FormatException>(() => Map(east, west, 4)).Message, StringComparison.Ordinal);

    private static ShardMap Map(string east, string west, int partitions) => ShardMap.Parse(
        [new ShardOptions { Name = "east", Partitions = east }, new ShardOptions { Name = "west", Partitions = west }], partitions);

    private ShardedEventLog Open(string east, string west, int partitions = 4, bool swapped = false) => new(
        _home,
        Map(east, west, partitions),
        new Dictionary<string, IEventLog> { ["east"] = swapped ? _west : _east, ["west"] = swapped ? _east : _west });

    private static async Task<string> RefusedAsync(ShardedEventLog log) =>
        (await Assert.ThrowsAsync<ShardMapException>(async () => await log.GetLastRevisionAsync(StreamNames.Reference, Cancellation))).Message;
}
