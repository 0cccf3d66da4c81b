using Adclicks.Domain.Clicks;
using Adclicks.Domain.Rollups;
using Adclicks.Projections.Tests.Support;
using Adclicks.Support.Postgres;
using Adclicks.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Adclicks.Projections.Tests.Generations;

public sealed class CatalogueTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The catalogue as it is, and as it was before its last cuboid and before the dimension that these tests add.</summary>
    [Fact]
    public async Task A_dimension_and_a_cuboid_more_take_an_entry_and_a_rebuild()
    {
        IReadOnlyList<Cuboid> before = [new("full", [.. Cuboids.Full.Dimensions.Except([AddedDimension.Dimension])]), .. Cuboids.All.Skip(1).SkipLast(1)];
        Assert.Equal("crawler", AddedDimension.Dimension.Name());
        Assert.Contains(AddedDimension.Dimension, Cuboids.Full.Dimensions);
        await using var log = new MemoryEventLog();
        await using var database = await TestPostgres.CreateDatabaseAsync(Token);
        await using var sql = NpgsqlDataSource.Create(database.ConnectionString);
        var clicks = ClickGen.Clicks(seed: 21, count: 600);
        await ClickGen.AppendAsync(log, clicks.Take(300), Projector.Partitions, perEvent: 5);
        await using (var old = await StartAsync(database, log, before)) await old.CaughtUpAsync();

        await using var projector = await StartAsync(database, log, Cuboids.All);
        await ClickGen.AppendAsync(log, clicks.Skip(300), Projector.Partitions, perEvent: 5);
        await projector.CaughtUpAsync();
        await AssertRollupsAsync(sql, 1, before, clicks);
        var built = await projector.Generations.BuildAsync(cancellationToken: Token);
        await Projector.UntilAsync(async () => (await projector.Generations.ProgressAsync(built.Id, Token)).IsComplete);

        Assert.Empty((await projector.Generations.CompareAsync(1, built.Id, Token))!);
        await projector.Generations.SwitchAsync(built.Id, cancellationToken: Token);
        await AssertRollupsAsync(sql, built.Id, Cuboids.All, clicks);
        Assert.Equal([CuboidJson.Of(before), CuboidJson.Of(Cuboids.All)], (await projector.Generations.ListAsync(Token)).Select(g => CuboidJson.Of(g.Cuboids)));
    }

    private static Task<Projector> StartAsync(TestDatabase database, MemoryEventLog log, IReadOnlyList<Cuboid> cuboids) =>
        Projector.StartAsync(database.ConnectionString, log, services => services.AddSingleton(new RollupCatalogue(cuboids)));

    private static async Task AssertRollupsAsync(NpgsqlDataSource sql, int generation, IReadOnlyList<Cuboid> cuboids, List<Click> clicks)
    {
        foreach (var cuboid in cuboids)
        {
            foreach (var granularity in cuboid.Granularities)
                Assert.Equal(BruteForce.Rows(clicks, Projector.Partitions, cuboid, granularity), await ReadModels.DumpAsync(sql, generation, cuboid, granularity));
        }
    }
}
