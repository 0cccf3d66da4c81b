using Adclicks.EventStore.Tests.EventStoreDb.Double;

namespace Adclicks.EventStore.Tests.EventStoreDb;

public sealed class SubscriptionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reader_resumes_after_cuts_without_gap_or_repeat(bool real)
    {
        const int Count = 400;
        var (connectionString, server) = await Servers.StartAsync(real);
        await using var started = server;
        await using var proxy = new CuttingProxy(Servers.PortOf(connectionString));
        await using var reader = Servers.Open(proxy.ConnectionString);
        await using var writer = Servers.Open(connectionString);
        var stream = Servers.NewStream();

        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i += 4)
                await writer.AppendAsync(stream, ExpectedRevision.Any, [.. Enumerable.Range(0, 4).Select(_ => Servers.Event("", 200))], Cancellation);
        }, Cancellation);
        var revisions = new List<long>();
        await foreach (var message in reader.SubscribeAsync(stream, -1, Cancellation))
        {
            if (message.Event is not { } e)
                continue;
            revisions.Add(e.Revision);
            if (revisions.Count == Count)
                break;
            if (revisions.Count % 40 == 0)
                proxy.CutAfterResponseBytes(1 + (revisions.Count * 7 % 1000));
        }

        await writing;
        Assert.Equal(Enumerable.Range(0, Count).Select(i => (long)i), revisions);
        Assert.NotEqual(0, proxy.Cuts);
    }

    [Theory]
    [InlineData("23.10.0")]
    [InlineData("22.10.4")]
    [InlineData("20.6.0")]
    public async Task The_end_is_told_by_every_version(string version)
    {
        await using var server = await EventStoreDbDouble.StartAsync(new DoubleSettings { Version = version });
        await using var log = Servers.Open(server.ConnectionString);
        await log.AppendAsync("s", ExpectedRevision.Any, [Servers.Event(), Servers.Event()], Cancellation);
        foreach (var (after, events) in new[] { (-1L, 2), (0L, 1), (1L, 0) })
        {
            var seen = 0;
            await foreach (var message in log.SubscribeAsync("s", after, Cancellation))
            {
                if (message.IsCaughtUp)
                    break;
                seen++;
            }

            Assert.Equal(events, seen);
        }

        await foreach (var message in log.SubscribeAsync("none", -1, Cancellation))
        {
            Assert.True(message.IsCaughtUp);
            break;
        }
    }

    [Fact]
    public async Task A_server_that_went_away_is_waited_for()
    {
        var store = new DoubleStore();
        var server = await EventStoreDbDouble.StartAsync(new DoubleSettings { Store = store });
        var port = server.Port;
        await using var log = Servers.Open($"{server.ConnectionString}&maxDiscoverAttempts=1");
        await log.AppendAsync("s", ExpectedRevision.Any, [Servers.Event()], Cancellation);
        await using var messages = log.SubscribeAsync("s", -1, Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await messages.MoveNextAsync());
        Assert.True(await messages.MoveNextAsync());
        Assert.True(messages.Current.IsCaughtUp);

        await server.DisposeAsync();
        var next = messages.MoveNextAsync();
        await Assert.ThrowsAsync<EventLogUnavailableException>(async () => await UntilItThrowsAsync(log));
        server = await EventStoreDbDouble.StartAsync(new DoubleSettings { Store = store }, port);
        await using var again = server;
        await using var writer = Servers.Open(server.ConnectionString);
        await writer.AppendAsync("s", ExpectedRevision.Any, [Servers.Event()], Cancellation);
        Assert.True(await next);
        while (messages.Current.IsCaughtUp)
            await messages.MoveNextAsync();
        Assert.Equal(1, messages.Current.Event!.Revision);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_slow_consumer_gets_everything(bool real)
    {
        var (connectionString, server) = await Servers.StartAsync(real);
        await using var started = server;
        await using var log = Servers.Open(connectionString);
        var stream = Servers.NewStream();
        var seen = 0L;
        await foreach (var message in log.SubscribeAsync(stream, -1, Cancellation))
        {
            if (message.IsCaughtUp && seen == 0)
            {
                // More than the server keeps for a live reader, and more than the connection's windows hold.
                for (var i = 0; i < 300; i++)
                    await log.AppendAsync(stream, ExpectedRevision.Any, [Servers.Event("", 50_000)], Cancellation);
            }

            if (message.Event is not { } e)
                continue;
            Assert.Equal(seen++, e.Revision);
            if (seen == 300)
                break;
        }
    }

    private static async Task UntilItThrowsAsync(Adclicks.EventStore.EventStoreDb.EventStoreDbLog log)
    {
        while (true)
            await log.CheckHealthAsync(Cancellation);
    }
}
