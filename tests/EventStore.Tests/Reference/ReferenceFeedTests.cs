using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore.Embedded;
using Adclicks.EventStore.Reference;
using Adclicks.EventStore.Tests.EventStoreDb;
using Adclicks.EventStore.Tests.EventStoreDb.Double;
using Adclicks.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Adclicks.EventStore.Tests.Reference;

public sealed class ReferenceFeedTests : IAsyncDisposable
{
    private readonly MemoryEventLog _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task The_first_start_records_the_partition_count()
    {
        using var feed = await StartAsync(Feed(partitions: 8));
        Assert.Equal(0, feed.AppliedRevision);
        var first = await _log.ReadAsync(StreamNames.Reference, ReadDirection.Forwards, 0, cancellationToken: Token).SingleAsync(Token);
        Assert.Equal("log-created", first.Type);
        Assert.Equal(new LogSettings(8), ReferenceEvents.ReadLogSettings(first.Data.Span));
    }

    [Fact]
    public async Task A_start_with_another_count_is_refused()
    {
        using (await StartAsync(Feed(partitions: 8))) { }
        using var second = Feed(partitions: 16);
        var refusal = await Assert.ThrowsAsync<PartitionCountException>(() => second.StartAsync(Token));
        Assert.Contains("created with 8 partitions", refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PartitionCountException>(() => second.WaitForAsync(5, Token).AsTask());
    }

    [Fact]
    public async Task Of_two_first_starts_at_once_one_creates_the_log()
    {
        var other = new EventData(Guid.NewGuid(), ReferenceEvents.LogCreated, ReferenceEvents.ToJson(new LogSettings(8)), default);
        _log.BeforeAppend = async append =>
        {
            _log.BeforeAppend = null;
            await _log.AppendAsync(StreamNames.Reference, ExpectedRevision.NoStream, [other], Token);
        };
        using var feed = await StartAsync(Feed(partitions: 8));
        Assert.Equal(0, await _log.GetLastRevisionAsync(StreamNames.Reference, Token));
    }

    [Fact]
    public async Task Another_event_in_between_does_not_keep_the_log_from_being_created()
    {
        _log.BeforeAppend = async _ =>
        {
            _log.BeforeAppend = null;
            await AppendAsync(ReferenceChange.Define(new Publisher("p", "")));
        };
        using var feed = await StartAsync(Feed());
        Assert.Equal(1, feed.AppliedRevision);
    }

    [Fact]
    public async Task EventStoreDb_says_once_that_the_end_is_reached_and_that_is_enough()
    {
        await using var server = await EventStoreDbDouble.StartAsync();
        await using var log = Servers.Open(server.ConnectionString);
        using var feed = await StartAsync(Feed(log: log));
        var change = ReferenceChange.Define(new Publisher("p", ""));
        var e = new EventData(Guid.NewGuid(), ReferenceEvents.TypeOf(change), ReferenceEvents.ToJson(change), default, true);
        var appended = await log.AppendAsync(StreamNames.Reference, ExpectedRevision.Exactly(0), [e], Token);
        await feed.WaitForAsync(appended.Revision, Token).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Token);
        Assert.NotNull(feed.History.Current.Find(ReferenceKind.Publisher, "p"));
    }

    [Fact]
    public async Task Changes_are_applied_as_they_come_and_can_be_waited_for()
    {
        using var feed = await StartAsync(Feed());
        var waiting = feed.WaitForAsync(2, Token).AsTask();
        await AppendAsync(ReferenceChange.Define(new Publisher("p", "one")));
        await feed.WaitForAsync(1, Token);
        Assert.False(waiting.IsCompleted);
        await AppendAsync(ReferenceChange.Define(new Publisher("p", "two")));
        await waiting;
        Assert.True(feed.WaitForAsync(2, Token).AsTask().IsCompletedSuccessfully);
        Assert.Equal(new Publisher("p", "one"), feed.History.AsOf(1).Find(ReferenceKind.Publisher, "p"));
        Assert.Equal(new Publisher("p", "two"), feed.History.Current.Find(ReferenceKind.Publisher, "p"));
    }

    [Fact]
    public async Task A_restart_has_the_whole_history_when_it_is_ready()
    {
        using (await StartAsync(Feed()))
        {
            for (var i = 0; i < 50; i++) await AppendAsync(ReferenceChange.Define(new Publisher("p", $"{i}")));
            await AppendAsync(ReferenceChange.Remove(ReferenceKind.Publisher, "p"));
        }

        using var again = await StartAsync(Feed());
        Assert.Equal(51, again.AppliedRevision);
        Assert.Null(again.History.Current.Find(ReferenceKind.Publisher, "p"));
        for (var i = 0; i < 50; i++)
            Assert.Equal(new Publisher("p", $"{i}"), again.History.AsOf(i + 1).Find(ReferenceKind.Publisher, "p"));
    }

    [Fact]
    public async Task On_the_embedded_log_a_restart_continues_and_another_count_is_refused()
    {
        var directory = Directory.CreateTempSubdirectory("adclicks-").FullName;
        try
        {
            for (var run = 0; run < 3; run++)
            {
                await using var log = EmbeddedEventLog.Open(directory);
                using var feed = await StartAsync(Feed(log: log));
                Assert.Equal(run, feed.AppliedRevision);
                await AppendAsync(log, ReferenceChange.Define(new Publisher("p", $"{run}")));
                await feed.WaitForAsync(run + 1, Token).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Token);
                await feed.StopAsync(Token);
            }

            await using var again = EmbeddedEventLog.Open(directory);
            using var other = Feed(partitions: 5, log: again);
            await Assert.ThrowsAsync<PartitionCountException>(() => other.StartAsync(Token));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Unknown_and_unreadable_events_are_skipped()
    {
        using var feed = await StartAsync(Feed());
        await AppendAsync("ad-painted", "{}"u8.ToArray());
        await AppendAsync("ad-defined", "nonsense"u8.ToArray());
        await AppendAsync(ReferenceChange.Define(new Publisher("p", "")));
        await feed.WaitForAsync(3, Token);
        Assert.NotNull(feed.History.Current.Find(ReferenceKind.Publisher, "p"));
        Assert.Empty(feed.History.Current.All(ReferenceKind.Ad));
    }

    [Fact]
    public async Task It_starts_without_the_log_and_is_ready_once_it_is_back()
    {
        _log.IsDown = true;
        using var feed = Feed(startTimeoutMs: 1);
        await feed.StartAsync(Token);
        Assert.False(feed.Ready.IsCompleted);
        _log.IsDown = false;
        await feed.Ready.WaitAsync(TimeSpan.FromSeconds(10), Token);
        _log.IsDown = true;
        _log.IsDown = false;
        await AppendAsync(ReferenceChange.Define(new Publisher("p", "")));
        await feed.WaitForAsync(1, Token).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Token);
    }

    private ReferenceFeed Feed(int partitions = 4, int startTimeoutMs = 10_000, IEventLog? log = null) => new(
        log ?? _log,
        Options.Create(new ReferenceFeedOptions { Partitions = partitions, ReferenceStartTimeoutMs = startTimeoutMs, ReferenceRetryMs = 1 }),
        TimeProvider.System,
        NullLogger<ReferenceFeed>.Instance);

    private static async Task<ReferenceFeed> StartAsync(ReferenceFeed feed)
    {
        await feed.StartAsync(Token);
        await feed.Ready.WaitAsync(TimeSpan.FromSeconds(10), Token);
        return feed;
    }

    private Task AppendAsync(ReferenceChange change) => AppendAsync(_log, change);

    private static Task AppendAsync(IEventLog log, ReferenceChange change) =>
        AppendAsync(log, ReferenceEvents.TypeOf(change), ReferenceEvents.ToJson(change));

    private Task AppendAsync(string type, byte[] json) => AppendAsync(_log, type, json);

    private static async Task AppendAsync(IEventLog log, string type, byte[] json)
    {
        var result = await log.AppendAsync(StreamNames.Reference, ExpectedRevision.Any, [new EventData(Guid.NewGuid(), type, json, default, true)], Token);
        Assert.True(result.Succeeded);
    }
}
