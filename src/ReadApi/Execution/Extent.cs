using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Planning;
using Npgsql;

namespace Adclicks.ReadApi.Execution;

/// <summary>The first and the last day that has rows.</summary>
internal static class Extent
{
    private static readonly DateTime Never = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc), Always = new(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static async Task<(DateTime First, DateTime Last)?> ReadAsync(
        NpgsqlConnection connection, int generation, Cuboid cuboid, IdFilter? filter, CancellationToken cancellationToken)
    {
        if (filter is { AcceptsNothing: true }) return null;
        string[] columns = filter is null ? [] : [filter.Dimension.Name()];
        int[][] leads = filter?.Wanted is { } wanted && filter.Dimension == cuboid.Lead ? [wanted] : [];
        await using var batch = new NpgsqlBatch(connection);
        var table = RollupTables.Table(generation, cuboid, Granularity.Day);
        batch.BatchCommands.Add(filter is null
            ? new NpgsqlBatchCommand($"SELECT span, 1 FROM ((SELECT min({Cuboid.SpanColumn}) AS span FROM {table}) UNION ALL (SELECT max({Cuboid.SpanColumn}) FROM {table})) s WHERE span IS NOT NULL")
            : BlockStatement.Of(table, Granularity.Day, [new TimeSlice(Granularity.Day, Never, Always)], columns, leads));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        (DateTime First, DateTime Last)? extent = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            var day = reader.GetDateTime(0);
            if (extent is { } known && known.First <= day && day <= known.Last) continue;
            if (filter is not null && !HasAny(reader, filter)) continue;
            extent = extent is { } e ? (day < e.First ? day : e.First, day > e.Last ? day : e.Last) : (day, day);
        }

        return extent;
    }

    private static bool HasAny(NpgsqlDataReader reader, IdFilter filter)
    {
        var values = new int[reader.GetInt32(1)];
        NumberColumn.Unpack(reader.GetFieldValue<byte[]>(2), values.AsSpan());
        var rows = Enumerable.Range(0, values.Length).ToArray();
        return filter.Keep(rows, values) > 0;
    }
}
