using Adclicks.Projections.Aggregation;
using Adclicks.Projections.Schema;
using Npgsql;

namespace Adclicks.Projections.Storage;

/// <summary>
/// Brings the dirty rows of a lane into the rollup tables. The lane is the only writer of its rows, so it can read what
/// is there, add to it and write absolute values; new rows go in by COPY, the others by one UPDATE per table.
/// </summary>
internal sealed class RollupWriter(string schema)
{
    private readonly RollupSql[] _sql = RollupSql.All(schema);

    /// <summary>Rows written.</summary>
    public async Task<int> WriteAsync(NpgsqlConnection connection, LaneBuffer buffer, int lane, CancellationToken cancellationToken)
    {
        var tables = RollupShape.All.Where(s => buffer.Table(s).Dirty.Count > 0).Select(s => (Shape: s, Rows: new RollupRows(buffer, s, lane))).ToArray();
        await FindStoredAsync(connection, tables, cancellationToken);
        var updated = await UpdateAsync(connection, tables, cancellationToken);
        var added = 0;
        foreach (var (shape, rows) in tables) added += await CopyAsync(connection, _sql[shape.Index], rows, cancellationToken);
        return updated + added;
    }

    private async Task FindStoredAsync(NpgsqlConnection connection, (RollupShape Shape, RollupRows Rows)[] tables, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        var asked = new List<(RollupRows Rows, int[] Selected)>();
        foreach (var (shape, rows) in tables)
        {
            var selected = rows.Select(RowState.Delta);
            if (selected.Length == 0) continue;
            asked.Add((rows, selected));
            batch.BatchCommands.Add(Command(_sql[shape.Index].Find, rows.Keys(selected)));
        }

        if (asked.Count == 0) return;
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        foreach (var (rows, selected) in asked)
        {
            while (await reader.ReadAsync(cancellationToken))
                rows.Merge(selected[reader.GetInt32(0) - 1], reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), (byte[])reader[4], (byte[])reader[5]);
            foreach (var row in selected) rows.NotFound(row);
            await reader.NextResultAsync(cancellationToken);
        }
    }

    private async Task<int> UpdateAsync(NpgsqlConnection connection, (RollupShape Shape, RollupRows Rows)[] tables, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        var expected = new List<(NpgsqlBatchCommand Command, string Table, int Rows)>();
        foreach (var (shape, rows) in tables)
        {
            var selected = rows.Select(RowState.Stored);
            if (selected.Length == 0) continue;
            var command = Command(_sql[shape.Index].Update, rows.Keys(selected).Concat(rows.Values(selected)));
            expected.Add((command, shape.Table, selected.Length));
            batch.BatchCommands.Add(command);
        }

        if (expected.Count == 0) return 0;
        await batch.ExecuteNonQueryAsync(cancellationToken);
        foreach (var (command, table, rows) in expected)
        {
            if ((int)command.RecordsAffected != rows)
                throw new LaneConflictException($"{table}: {command.RecordsAffected} rows were there of {rows} this lane had written.");
        }

        return expected.Sum(e => e.Rows);
    }

    private static async Task<int> CopyAsync(NpgsqlConnection connection, RollupSql sql, RollupRows rows, CancellationToken cancellationToken)
    {
        var selected = rows.Select(RowState.New);
        if (selected.Length == 0) return 0;
        await using var copy = await CopyBuffer.BeginAsync(connection, sql.Copy, cancellationToken);
        foreach (var row in selected)
        {
            rows.Write(copy, row);
            if (copy.IsFull) await copy.SendAsync(cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
        return selected.Length;
    }

    private static NpgsqlBatchCommand Command(string sql, IEnumerable<object> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        return command;
    }
}
