using Adclicks.EventStore.Tests.EventStoreDb.Double;

namespace Adclicks.EventStore.Tests.EventStoreDb;

/// <summary>
/// The server stores an append and hangs up instead of answering, and would store the same again: that it does not
/// come to that is the adapter's doing alone.
/// </summary>
public sealed class UnansweredAppendTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_is_found_by_reading(bool batch)
    {
        await using var server = await StartAsync();
        await using var log = Servers.Open(server.ConnectionString, o => o.BatchAppend = batch);
        var ids = new List<Guid>();
        for (var i = 0; i < 10; i++)
        {
            var events = new[] { Servers.Event(), Servers.Event() };
            ids.AddRange(events.Select(e => e.Id));
            server.Node.HangsUpOnNextAppend = i % 2 == 1;
            var expected = i % 3 == 0 ? ExpectedRevision.Any : ExpectedRevision.After((i * 2) - 1);
            Assert.Equal(new(AppendOutcome.Appended, ids.Count - 1), await log.AppendAsync("s", expected, events, Cancellation));
        }

        Assert.Equal(ids, (await log.AllAsync("s")).Select(e => e.Id));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_caller_that_was_told_nothing_may_send_the_same_again(bool batch)
    {
        await using var server = await StartAsync();
        await using var proxy = new CuttingProxy(server.Port);
        await using var log = Servers.Open(
            $"esdb://127.0.0.1:{proxy.Port}?tls=false&maxDiscoverAttempts=1", o => (o.BatchAppend, o.AppendTimeoutMs) = (batch, 400));
        Assert.True((await log.AppendAsync("s", ExpectedRevision.Any, [Servers.Event()], Cancellation)).Succeeded);
        var lost = Servers.Event();
        server.Node.HangsUpOnNextAppend = true;
        proxy.Refuses = true;
        var error = await Assert.ThrowsAsync<EventLogUnavailableException>(
            async () => await log.AppendAsync("s", ExpectedRevision.Any, [lost], Cancellation));
        Assert.True(error.OutcomeUnknown);

        // Meanwhile somebody else goes on.
        await using var other = Servers.Open(server.ConnectionString);
        await other.AppendAsync("s", ExpectedRevision.Any, [Servers.Event()], Cancellation);
        proxy.Refuses = false;
        Assert.Equal(new AppendResult(AppendOutcome.Appended, 1), await UntilSettledAsync(log, lost));
        Assert.Single(await other.AllAsync("s"), e => e.Id == lost.Id);
    }

    private static async Task<AppendResult> UntilSettledAsync(IEventLog log, EventData data)
    {
        while (true)
        {
            try
            {
                return await log.AppendAsync("s", ExpectedRevision.Any, [data], Cancellation);
            }
            catch (EventLogUnavailableException e)
            {
                Assert.True(e.OutcomeUnknown);
            }
        }
    }

    private static Task<EventStoreDbDouble> StartAsync() =>
        EventStoreDbDouble.StartAsync(new DoubleSettings { Store = new DoubleStore(forgetsIds: true) });
}
