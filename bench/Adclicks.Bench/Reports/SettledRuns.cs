using System.Diagnostics;
using Npgsql;

namespace Adclicks.Bench.Reports;

/// <summary>Waits until the rollups of days that are over are in one piece, as they are soon after in operation.</summary>
internal static class SettledRuns
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(15), Limit = TimeSpan.FromMinutes(10);

    /// <summary>For a projector that does not wait long for it.</summary>
    public static IReadOnlyList<string> Settings { get; } = ["Projections:SettleAfterMs=10000", "Projections:HeartbeatMs=100"];

    public static async Task WaitAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        var clock = Stopwatch.StartNew();
        var first = await CountAsync(source);
        for (long runs = first, before = -1; runs != before;)
        {
            if (clock.Elapsed > Limit) throw new TimeoutException($"There are still {runs:N0} runs after {Limit}.");
            await Task.Delay(Poll);
            (before, runs) = (runs, await CountAsync(source));
            if (runs == before) Console.WriteLine($"{first:N0} runs by hour and day became {runs:N0} in at most {clock.Elapsed.TotalSeconds:N0} s");
        }
    }

    private static async Task<long> CountAsync(NpgsqlDataSource source)
    {
        var tables = new List<string>();
        await using (var command = source.CreateCommand("SELECT relname::text FROM pg_class WHERE relnamespace = 'adclicks_g1'::regnamespace AND relkind = 'p' AND relname ~ '_(hour|day)$'"))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync()) tables.Add(reader.GetString(0));
        }

        await using var count = source.CreateCommand(
            $"SELECT sum(runs)::bigint FROM ({string.Join(" UNION ALL ", tables.Select(t => $"SELECT count(DISTINCT (span, lane, run)) AS runs FROM adclicks_g1.{t}"))}) r");
        return (long)(await count.ExecuteScalarAsync())!;
    }
}
