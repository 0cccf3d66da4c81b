using Adclicks.Projections.Tests.Support;
using Adclicks.Support.Postgres;
using Adclicks.Tests.Support;
using Npgsql;

namespace Adclicks.Projections.Tests.Leases;

public sealed class FairShareTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lanes_are_shared_evenly_as_processes_come_and_go()
    {
        await using var log = new MemoryEventLog();
        await using var database = await TestPostgres.CreateDatabaseAsync(Token);
        await using var sql = NpgsqlDataSource.Create(database.ConnectionString);
        (string, object)[] Named(string owner) => [("Lanes", 4), ("LeaseMs", 2_000), ("Owner", owner)];

        var a = await Projector.StartAsync(database.ConnectionString, log, Named("a"));
        await SharesAsync(sql, "a=4");
        var b = await Projector.StartAsync(database.ConnectionString, log, Named("b"));
        await SharesAsync(sql, "a=2 b=2");
        await using var c = await Projector.StartAsync(database.ConnectionString, log, Named("c"));
        await Projector.UntilAsync(async () => (await ReadAsync(sql)).Split(' ').Select(s => s[2]).Order().SequenceEqual(['1', '1', '2']));
        await a.DisposeAsync();
        await SharesAsync(sql, "b=2 c=2");
        await b.DisposeAsync();
        await SharesAsync(sql, "c=4");

        await ClickGen.AppendAsync(log, ClickGen.Clicks(seed: 1, count: 100), Projector.Partitions, perEvent: 5);
        await c.WaitAsync(s => s.ClicksProjected == 100);
    }

    private static Task SharesAsync(NpgsqlDataSource sql, string expected) => Projector.UntilAsync(async () => await ReadAsync(sql) == expected);

    private static async Task<string> ReadAsync(NpgsqlDataSource sql)
    {
        try
        {
            await using var command = sql.CreateCommand("""
                SELECT coalesce(string_agg(owner || '=' || lanes, ' ' ORDER BY owner), '')
                FROM (SELECT owner, count(*) AS lanes FROM adclicks.leases WHERE expires_at >= clock_timestamp() GROUP BY owner) s
                """);
            return (string)(await command.ExecuteScalarAsync(Token))!;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return "";
        }
    }
}
