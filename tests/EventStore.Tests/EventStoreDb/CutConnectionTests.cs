using Adclicks.EventStore.EventStoreDb;

namespace Adclicks.EventStore.Tests.EventStoreDb;

/// <summary>
/// The connection is cut after every so many bytes of an append, on the way there and on the way back: before it left,
/// in the middle, stored but not answered, answered in part. Nothing is lost and nothing is there twice.
/// </summary>
public sealed class CutConnectionTests
{
    private const int StepBytes = 23;
    private const int MaxBytes = 900;

    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public async Task An_append_cut_at_any_phase_is_stored_once(bool real, bool batch)
    {
        var (connectionString, server) = await Servers.StartAsync(real);
        await using var started = server;
        await using var proxy = new CuttingProxy(Servers.PortOf(connectionString));
        await using var log = Servers.Open(proxy.ConnectionString, o => o.BatchAppend = batch);
        var stream = Servers.NewStream();
        var ids = new List<Guid>();

        for (var bytes = 0; bytes < MaxBytes; bytes += StepBytes)
        {
            await AppendCutAsync(log, stream, ids, () => proxy.CutAfterRequestBytes(bytes + 1));
            await AppendCutAsync(log, stream, ids, () => proxy.CutAfterResponseBytes((bytes / 4) + 1));
        }

        Assert.True(proxy.Cuts > 20, $"only {proxy.Cuts} cuts");
        await using var direct = Servers.Open(connectionString);
        var stored = await direct.AllAsync(stream);
        Assert.Equal(ids, stored.Select(e => e.Id));
        Assert.Equal(Enumerable.Range(0, stored.Count).Select(i => (long)i), stored.Select(e => e.Revision));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Appends_in_flight_over_several_streams_survive_cuts(bool real)
    {
        var (connectionString, server) = await Servers.StartAsync(real);
        await using var started = server;
        await using var proxy = new CuttingProxy(Servers.PortOf(connectionString));
        await using var log = Servers.Open(proxy.ConnectionString);
        var streams = Enumerable.Range(0, 8).Select(_ => Servers.NewStream()).ToArray();
        var cancellation = TestContext.Current.CancellationToken;

        using var done = new CancellationTokenSource();
        var cutting = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                proxy.CutAfterRequestBytes(Random.Shared.Next(20_000));
                await Task.Delay(30, cancellation);
            }
        }, cancellation);
        var written = await Task.WhenAll(streams.Select(async stream =>
        {
            var ids = new List<Guid>();
            for (var i = 0; i < 60; i++)
            {
                var events = new[] { Servers.Event("a", 500), Servers.Event("b", 500) };
                var results = await log.AppendAsync([Servers.AnyAppend(stream, events)], cancellation);
                Assert.True(results[0].Succeeded);
                ids.AddRange(events.Select(e => e.Id));
            }

            return ids;
        }));
        await done.CancelAsync();
        await cutting;

        await using var direct = Servers.Open(connectionString);
        for (var i = 0; i < streams.Length; i++)
            Assert.Equal(written[i], (await direct.AllAsync(streams[i])).Select(e => e.Id));
    }

    /// <summary>Every other append expects a revision, so both ways to be settled are walked.</summary>
    private static async Task AppendCutAsync(EventStoreDbLog log, string stream, List<Guid> ids, Action arm)
    {
        var cancellation = TestContext.Current.CancellationToken;
        // Warm, so that the bytes counted are those of the append.
        await log.GetLastRevisionAsync(stream, cancellation);
        var events = new[] { Servers.Event("first", 100), Servers.Event("second", 100) };
        var expected = ids.Count % 4 == 0 ? ExpectedRevision.Any : ExpectedRevision.After(ids.Count - 1);
        arm();
        var result = await log.AppendAsync(stream, expected, events, cancellation);
        ids.AddRange(events.Select(e => e.Id));
        Assert.Equal(new AppendResult(AppendOutcome.Appended, ids.Count - 1), result);
    }
}
