using Adclicks.Projections.Schema;
using Npgsql;

namespace Adclicks.Projections.Generations;

/// <summary>Counts the rows in which two generations differ, in one snapshot of both.</summary>
internal static class GenerationComparison
{
    private static readonly string[] VerdictColumns = ["bucket", "lane", "verdict", "clicks"];

    /// <summary>Whether both are at the same revisions.</summary>
    public static async Task<bool> AreLevelAsync(NpgsqlConnection connection, int first, int second, CancellationToken cancellationToken) =>
        await CountAsync(connection, Except(["partition", "revision"], first, second, "checkpoints"), cancellationToken) == 0;

    /// <summary>Only the tables that differ.</summary>
    public static async Task<IReadOnlyList<TableDifference>> DifferencesAsync(NpgsqlConnection connection, int first, int second, CancellationToken cancellationToken)
    {
        var differences = new List<TableDifference>();
        await AddAsync("verdicts", VerdictColumns);
        foreach (var shape in RollupShape.All) await AddAsync(shape.Table, [.. shape.KeyColumns, .. RollupShape.ValueColumns]);
        return differences;

        async Task AddAsync(string table, string[] columns)
        {
            var onlyFirst = await CountAsync(connection, Except(columns, first, second, table), cancellationToken);
            var onlySecond = await CountAsync(connection, Except(columns, second, first, table), cancellationToken);
            if (onlyFirst + onlySecond > 0) differences.Add(new TableDifference(table, onlyFirst, onlySecond));
        }
    }

    private static string Except(string[] columns, int first, int second, string table)
    {
        var list = string.Join(", ", columns);
        return $"SELECT count(*) FROM (SELECT {list} FROM {GenerationTables.Schema(first)}.{table} EXCEPT ALL SELECT {list} FROM {GenerationTables.Schema(second)}.{table}) d";
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
