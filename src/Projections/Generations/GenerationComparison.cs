using Adclicks.Domain.Rollups;
using Adclicks.Projections.Schema;
using Adclicks.Projections.Storage;
using Npgsql;

namespace Adclicks.Projections.Generations;

/// <summary>
/// Counts the rows in which two generations differ, in one snapshot of both. Rollups are compared row by row, whatever
/// runs and blocks the rows lie in, as far as both have the table and neither has dropped them.
/// </summary>
internal static class GenerationComparison
{
    private static readonly string[] VerdictColumns = ["bucket", "lane", "verdict", "clicks"];

    /// <summary>Whether both are at the same revisions.</summary>
    public static async Task<bool> AreLevelAsync(NpgsqlConnection connection, int first, int second, CancellationToken cancellationToken) =>
        await CountAsync(connection, Except(["partition", "revision"], first, second, "checkpoints"), cancellationToken) == 0;

    /// <summary>Only the tables that differ.</summary>
    public static async Task<IReadOnlyList<TableDifference>> DifferencesAsync(NpgsqlConnection connection, Generation first, Generation second, CancellationToken cancellationToken)
    {
        var differences = new List<TableDifference>();
        Add(new TableDifference(
            "verdicts",
            await CountAsync(connection, Except(VerdictColumns, first.Id, second.Id, "verdicts"), cancellationToken),
            await CountAsync(connection, Except(VerdictColumns, second.Id, first.Id, "verdicts"), cancellationToken)));
        foreach (var shape in first.Shapes.Where(s => second.Shapes.Any(s.IsLike))) Add(await RollupDifferenceAsync(connection, shape, first.Id, second.Id, cancellationToken));
        return differences;

        void Add(TableDifference difference)
        {
            if (difference.OnlyInFirst + difference.OnlyInSecond > 0) differences.Add(difference);
        }
    }

    private static async Task<TableDifference> RollupDifferenceAsync(
        NpgsqlConnection connection, RollupShape shape, int first, int second, CancellationToken cancellationToken)
    {
        var difference = new TableDifference(shape.Table, 0, 0);
        foreach (var (span, lane) in await SpansAsync(connection, shape, first, second, cancellationToken))
        {
            var mine = await RowsAsync(connection, shape, first, span, lane, cancellationToken);
            var theirs = await RowsAsync(connection, shape, second, span, lane, cancellationToken);
            var (onlyFirst, onlySecond) = Compare(mine, theirs);
            difference = difference with { OnlyInFirst = difference.OnlyInFirst + onlyFirst, OnlyInSecond = difference.OnlyInSecond + onlySecond };
        }

        return difference;
    }

    /// <summary>Both are sorted and have every key once.</summary>
    private static (long OnlyFirst, long OnlySecond) Compare(RollupRows first, RollupRows second)
    {
        var (a, b) = (0, 0);
        var (onlyFirst, onlySecond) = (0L, 0L);
        while (a < first.Count && b < second.Count)
        {
            var order = first.CompareKeys(a, second, b);
            var isSame = order == 0 && first.IsLike(a, second, b);
            if (!isSame && order <= 0) onlyFirst++;
            if (!isSame && order >= 0) onlySecond++;
            if (order <= 0) a++;
            if (order >= 0) b++;
        }

        return (onlyFirst + first.Count - a, onlySecond + second.Count - b);
    }

    private static async Task<RollupRows> RowsAsync(
        NpgsqlConnection connection, RollupShape shape, int generation, DateTime span, short lane, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT {BlockReader.Columns(shape)} FROM {GenerationTables.Schema(generation)}.{shape.Table} WHERE span = $1 AND lane = $2", connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = span });
        command.Parameters.Add(new() { Value = lane });
        return (await BlockReader.ReadAsync(command, shape, cancellationToken)).Merge();
    }

    private static async Task<IReadOnlyList<(DateTime Span, short Lane)>> SpansAsync(
        NpgsqlConnection connection, RollupShape shape, int first, int second, CancellationToken cancellationToken)
    {
        var schemas = new[] { first, second }.Select(GenerationTables.Schema).ToArray();
        await using var command = new NpgsqlCommand($"""
            SELECT span, lane FROM ({string.Join(" UNION ", schemas.Select(s => $"SELECT span, lane FROM {s}.{shape.Table}"))}) s
            WHERE NOT EXISTS (
              SELECT FROM ({string.Join(" UNION ALL ", schemas.Select(s => $"SELECT * FROM {s}.{RollupTables.DroppedTimes}"))}) d
              WHERE d.granularity = $1 AND d.from_time <= s.span AND s.span < d.to_time)
            """, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new() { Value = shape.Granularity.Name() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<(DateTime, short)>();
        while (await reader.ReadAsync(cancellationToken)) found.Add((reader.GetDateTime(0), reader.GetInt16(1)));
        return found;
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
