using Adclicks.Domain.Clicks;
using Adclicks.Domain.Sketches;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Explanation;
using Adclicks.Projections.Explanation.Index;
using Adclicks.Projections.Tests.Support;
using Adclicks.Support;
using Adclicks.Support.Postgres;
using Adclicks.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Adclicks.Projections.Tests.Explanation;

public sealed class ClickIndexTests : IAsyncDisposable
{
    private const int PerEvent = 256, PerFilter = SplitBlockFilter.Texts;
    private readonly MemoryEventLog _log = new();
    private readonly int _partition = Partitioner.PartitionOf("ad", Projector.Partitions);
    private int _sent;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task A_click_is_looked_for_where_it_is_and_in_what_is_not_indexed_yet()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(Token);
        await using var sql = NpgsqlDataSource.Create(database.ConnectionString);
        var index = new ClickIndex(sql);
        await SendAsync((2 * PerFilter) + (4 * PerEvent));
        // Before there is an index, all is searched.
        Assert.Equal([RevisionRange.Whole(_partition)], (await index.FindAsync("click-7", [_partition], Token)).Likely);

        await IndexAsync(database.ConnectionString, sql, 2 * PerFilter);
        await SendAsync(PerFilter);
        await IndexAsync(database.ConnectionString, sql, 3 * PerFilter);

        var events = 0L;
        for (var click = 0; click < _sent; click += 997)
        {
            var places = await index.FindAsync($"click-{click}", [_partition], Token);
            var address = Assert.Single(await ClickFinder.FindAsync(_log, places.Likely, [$"click-{click}"], 2, Token));
            Assert.Equal(new ClickAddress(_partition, click / PerEvent, click % PerEvent), address);
            Assert.Empty(places.Older);
            events += places.Likely.Sum(r => Math.Min(r.Through, _sent / PerEvent) - r.From + 1);
        }

        // A filter's events, and those behind the last.
        Assert.InRange(events / (_sent / 997), 1, (PerFilter + 2_000) / PerEvent);
        var others = 0;
        for (var i = 0; i < 300; i++) others += (await index.FindAsync($"nobody-{i}", [_partition], Token)).Likely.Count - 1;
        Assert.InRange(others, 0, 15);
    }

    private async Task SendAsync(int clicks)
    {
        for (var end = _sent + clicks; _sent < end;)
        {
            var inEvent = Enumerable.Range(_sent, Math.Min(PerEvent, end - _sent)).Select(i => new Click
            {
                EventId = $"click-{i}", ClickedAtMs = 1_772_000_000_000 + i, ServerTimestampMs = 1_772_000_000_000 + i, AdId = "ad", VisitorHash = new byte[16],
            }).ToList();
            byte[] payload = [.. inEvent.SelectMany(ClickEncoder.Encode)];
            await _log.AppendAsync(StreamNames.Clicks(_partition), ExpectedRevision.Any, [new EventData(Guid.NewGuid(), ClicksRecorded.EventType, payload, default)], Token);
            _sent += inEvent.Count;
        }
    }

    /// <summary>A process that projects, for as long as it takes.</summary>
    private async Task IndexAsync(string connectionString, NpgsqlDataSource sql, long clicks)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Postgres:ConnectionString"] = connectionString, ["EventStore:Partitions"] = $"{Projector.Partitions}", ["Explain:PollMs"] = "20",
        });
        builder.Services.AddSingleton<IEventLog>(_log);
        builder.Services.AddProjections(builder.Configuration);
        using var host = builder.Build();
        await host.StartAsync(Token);
        await UntilIndexedAsync(sql, clicks);
        // Disposing alone does not stop what runs in the background.
        await host.StopAsync(Token);
    }

    private static async Task UntilIndexedAsync(NpgsqlDataSource sql, long clicks)
    {
        await Eventually.TrueAsync(AreIndexedAsync, $"{clicks} clicks are not indexed.");

        async Task<bool> AreIndexedAsync()
        {
            try
            {
                await using var sum = sql.CreateCommand("SELECT coalesce(sum(clicks), 0) FROM adclicks.click_filters");
                return Convert.ToInt64(await sum.ExecuteScalarAsync(Token), System.Globalization.CultureInfo.InvariantCulture) >= clicks;
            }
            catch (PostgresException)
            {
                // The table is not there yet.
                return false;
            }
        }
    }
}
