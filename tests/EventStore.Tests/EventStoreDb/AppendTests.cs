using Adclicks.EventStore.EventStoreDb;
using Adclicks.EventStore.Tests.EventStoreDb.Double;
using Adclicks.Support;

namespace Adclicks.EventStore.Tests.EventStoreDb;

public sealed class AppendTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public async Task Answers_are_typed(bool real, bool batch)
    {
        var (connectionString, server) = await Servers.StartAsync(real);
        await using var started = server;
        await using var log = Servers.Open(connectionString, o => o.BatchAppend = batch);
        var stream = Servers.NewStream();
        var first = Servers.Event();

        Assert.Equal(new(AppendOutcome.WrongExpectedRevision, -1), await log.AppendAsync(stream, ExpectedRevision.Exactly(3), [first], Cancellation));
        Assert.Equal(new(AppendOutcome.WrongExpectedRevision, -1), await log.AppendAsync(stream, ExpectedRevision.StreamExists, [first], Cancellation));
        Assert.Equal(new(AppendOutcome.Appended, 0), await log.AppendAsync(stream, ExpectedRevision.NoStream, [first], Cancellation));
        Assert.Equal(new(AppendOutcome.Appended, 0), await log.AppendAsync(stream, ExpectedRevision.NoStream, [first], Cancellation));
        Assert.Equal(new(AppendOutcome.Appended, 0), await log.AppendAsync(stream, ExpectedRevision.Any, [first], Cancellation));
        Assert.Equal(new(AppendOutcome.WrongExpectedRevision, 0), await log.AppendAsync(stream, ExpectedRevision.NoStream, [Servers.Event()], Cancellation));
        Assert.Equal(new(AppendOutcome.TooLarge, 1024 * 1024), await log.AppendAsync(stream, ExpectedRevision.Any, [Servers.Event("", 1024 * 1024)], Cancellation));
        Assert.Equal(AppendOutcome.Appended, await log.DeleteStreamAsync(stream, ExpectedRevision.Exactly(0), forGood: true, Cancellation));
        Assert.Equal(new(AppendOutcome.StreamDeleted, -1), await log.AppendAsync(stream, ExpectedRevision.Any, [Servers.Event()], Cancellation));
        Assert.Equal(AppendOutcome.StreamDeleted, await log.DeleteStreamAsync(stream, ExpectedRevision.Any, forGood: true, Cancellation));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_deleted_stream_goes_on_with_its_revisions(bool real)
    {
        var (connectionString, server) = await Servers.StartAsync(real);
        await using var started = server;
        await using var log = Servers.Open(connectionString);
        var stream = Servers.NewStream();
        await log.AppendAsync(stream, ExpectedRevision.NoStream, [Servers.Event(), Servers.Event()], Cancellation);

        Assert.Equal(AppendOutcome.WrongExpectedRevision, await log.DeleteStreamAsync(stream, ExpectedRevision.Exactly(7), cancellationToken: Cancellation));
        Assert.Equal(AppendOutcome.Appended, await log.DeleteStreamAsync(stream, ExpectedRevision.Exactly(1), cancellationToken: Cancellation));
        Assert.Empty(await log.AllAsync(stream));
        Assert.Equal(new(AppendOutcome.Appended, 2), await log.AppendAsync(stream, ExpectedRevision.Any, [Servers.Event()], Cancellation));
        // The server makes the stream visible again with a write of its own that follows.
        List<RecordedEvent> events = [];
        await Eventually.TrueAsync(async () => (events = await log.AllAsync(stream)).Count > 0, "The stream stayed empty.");
        Assert.Equal([2L], events.Select(e => e.Revision));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_append_larger_than_the_limit_is_cut_between_events_in_order(bool real)
    {
        var (connectionString, server) = await Servers.StartAsync(real);
        await using var started = server;
        await using var log = Servers.Open(connectionString);
        var stream = Servers.NewStream();
        var events = Enumerable.Range(0, 9).Select(_ => Servers.Event("", 400_000)).ToArray();

        Assert.Equal(new(AppendOutcome.TooLarge, 1024 * 1024), await log.AppendAsync(stream, ExpectedRevision.NoStream, events, Cancellation));
        Assert.Equal(new(AppendOutcome.Appended, 8), await log.AppendAsync(stream, ExpectedRevision.Any, events, Cancellation));
        Assert.Equal(events.Select(e => e.Id), (await log.AllAsync(stream)).Select(e => e.Id));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Many_callers_keep_the_order_each_has(bool real)
    {
        var (connectionString, server) = await Servers.StartAsync(real);
        await using var started = server;
        await using var log = Servers.Open(connectionString, o => o.MaxAppendsInFlight = 5);
        var streams = Enumerable.Range(0, 6).Select(_ => Servers.NewStream()).ToArray();

        var written = streams.ToDictionary(s => s, _ => new List<Guid>());
        for (var round = 0; round < 10; round++)
        {
            var appends = streams.Concat(streams).Select(s => Servers.AnyAppend(s, Servers.Event())).ToArray();
            Assert.All(await log.AppendAsync(appends, Cancellation), r => Assert.True(r.Succeeded));
            foreach (var append in appends)
                written[append.Stream].Add(append.Events[0].Id);
        }

        foreach (var stream in streams)
            Assert.Equal(written[stream], (await log.AllAsync(stream)).Select(e => e.Id));
    }

    [Theory]
    [InlineData("nobody", "")]
    [InlineData("admin", "wrong")]
    public async Task Wrong_credentials_are_an_answer(string user, string password)
    {
        await using var server = await EventStoreDbDouble.StartAsync(new DoubleSettings { Credentials = ("admin", "right") });
        var who = user == "nobody" ? "" : $"{user}:{password}@";
        foreach (var batch in new[] { true, false })
        {
            await using var log = Servers.Open($"esdb://{who}127.0.0.1:{server.Port}?tls=false", o => o.BatchAppend = batch);
            var error = await Assert.ThrowsAsync<EventStoreDbException>(async () => await log.GetLastRevisionAsync("s", Cancellation));
            Assert.Equal(ServerErrorKind.AccessDenied, error.Kind);
            Assert.Equal(AppendOutcome.AccessDenied, (await log.AppendAsync("s", ExpectedRevision.NoStream, [Servers.Event()], Cancellation)).Outcome);
        }

        await using var right = Servers.Open($"esdb://admin:right@127.0.0.1:{server.Port}?tls=false");
        Assert.True((await right.AppendAsync("s", ExpectedRevision.NoStream, [Servers.Event()], Cancellation)).Succeeded);
    }

    [Theory]
    [InlineData(true, false, "22.10.0")]
    [InlineData(false, false, "")]
    public async Task An_older_server_is_given_what_it_can_do(bool tellsFeatures, bool batch, string version)
    {
        var settings = new DoubleSettings { TellsFeatures = tellsFeatures, BatchAppend = batch, Version = version.Length > 0 ? version : "20.6.0" };
        await using var server = await EventStoreDbDouble.StartAsync(settings);
        await using var log = Servers.Open(server.ConnectionString);
        Assert.Equal(new(AppendOutcome.Appended, 1), await log.AppendAsync("s", ExpectedRevision.Any, [Servers.Event(), Servers.Event()], Cancellation));
        Assert.Equal(1, server.Node.Appends);
    }

    [Fact]
    public async Task No_server_is_told_at_once_and_again()
    {
        var server = await EventStoreDbDouble.StartAsync();
        var port = server.Port;
        await server.DisposeAsync();
        await using var log = Servers.Open($"esdb://127.0.0.1:{port}?tls=false&maxDiscoverAttempts=2&discoveryInterval=10");
        for (var i = 0; i < 3; i++)
        {
            var error = await Assert.ThrowsAsync<EventLogUnavailableException>(
                async () => await log.AppendAsync("s", ExpectedRevision.Any, [Servers.Event()], Cancellation));
            Assert.False(error.OutcomeUnknown);
            Assert.Contains($"127.0.0.1:{port}", error.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<EventLogUnavailableException>(async () => await log.CheckHealthAsync(Cancellation));
    }
}
