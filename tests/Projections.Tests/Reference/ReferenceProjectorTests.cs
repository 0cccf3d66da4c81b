using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Reference;
using Adclicks.Support;
using Adclicks.Support.Postgres;
using Adclicks.Tests.Support;
using Marten;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Adclicks.Projections.Tests.Reference;

public sealed class ReferenceProjectorTests : IAsyncLifetime
{
    private readonly MemoryEventLog _log = new();
    private TestDatabase _database = null!;
    private NpgsqlDataSource _source = null!;
    private DocumentStore _store = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync(Token);
        _source = NpgsqlDataSource.Create(_database.ConnectionString);
        _store = ReferenceDocuments.Store(_source);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _source.DisposeAsync();
        await _database.DisposeAsync();
        await _log.DisposeAsync();
    }

    [Fact]
    public async Task Documents_hold_the_latest_state_of_each_item()
    {
        var longId = new string('ä', 1024);
        await AppendAsync(
            ReferenceChange.Define(new Advertiser("v", "Acme", ["acme.test"])),
            ReferenceChange.Define(new Campaign("c", "v", "Spring")),
            ReferenceChange.Define(new Ad(longId, "c", "first", "https://acme.test/")),
            ReferenceChange.Define(new Ad(longId, "c", "second", "https://acme.test/")),
            ReferenceChange.Define(new Publisher("p", "News")),
            ReferenceChange.Remove(ReferenceKind.Publisher, "p"),
            ReferenceChange.Define(new VelocityLimit("r", 5, 60, VelocityScope.Visitor)));
        using var projector = await StartAsync();
        await WaitForCheckpointAsync(6);
        await using var session = _store.QuerySession();
        Assert.Equal(["acme.test"], (await session.LoadAsync<ItemDocument<Advertiser>>("v", Token))!.Item.AllowedRedirectHosts);
        var ad = await session.LoadAsync<ItemDocument<Ad>>(ReferenceDocuments.KeyOf(longId), Token);
        Assert.Equal((longId, "second", 3L), (ad!.Item.Id, ad.Item.Name, ad.Revision));
        Assert.Empty(await session.Query<ItemDocument<Publisher>>().ToListAsync(Token));
        Assert.Equal(new VelocityLimit("r", 5, 60, VelocityScope.Visitor), (await session.LoadAsync<ItemDocument<Rule>>("r", Token))!.Item);
    }

    [Fact]
    public async Task Several_projectors_and_restarts_apply_every_event_once()
    {
        const int Events = 300;
        using (var one = await StartAsync())
        using (var two = await StartAsync())
        {
            for (var i = 0; i < Events; i++)
            {
                await AppendAsync(ReferenceChange.Define(new Publisher($"p{i % 10}", $"{i}")));
                if (i == Events / 2) await one.StopAsync(Token);
            }

            await WaitForCheckpointAsync(Events - 1);
        }

        await AppendAsync(ReferenceChange.Remove(ReferenceKind.Publisher, "p0"), ReferenceChange.Define(new Publisher("p1", "again")));
        using var three = await StartAsync();
        await WaitForCheckpointAsync(Events + 1);
        await using var session = _store.QuerySession();
        var all = await session.Query<ItemDocument<Publisher>>().ToListAsync(Token);
        Assert.Equal(["again", .. Enumerable.Range(2, 8).Select(i => $"{Events - 10 + i}")], all.OrderBy(p => p.Id, StringComparer.Ordinal).Select(p => p.Item.Name));
    }

    private async Task<ReferenceProjector> StartAsync()
    {
        var projector = new ReferenceProjector(_log, _source, TimeProvider.System, NullLogger<ReferenceProjector>.Instance);
        await projector.StartAsync(Token);
        return projector;
    }

    private async Task AppendAsync(params ReferenceChange[] changes)
    {
        foreach (var change in changes)
        {
            var e = new EventData(Guid.NewGuid(), ReferenceEvents.TypeOf(change), ReferenceEvents.ToJson(change), default, true);
            await _log.AppendAsync(StreamNames.Reference, ExpectedRevision.Any, [e], Token);
        }
    }

    private async Task WaitForCheckpointAsync(long revision)
    {
        await Eventually.TrueAsync(IsReachedAsync, $"The checkpoint did not reach {revision}.");

        async Task<bool> IsReachedAsync()
        {
            try
            {
                await using var command = _source.CreateCommand($"SELECT revision FROM {ReferenceDocuments.Schema}.checkpoint");
                return await command.ExecuteScalarAsync(Token) is long at && at >= revision;
            }
            catch (PostgresException)
            {
                // Not created yet.
                return false;
            }
        }
    }
}
