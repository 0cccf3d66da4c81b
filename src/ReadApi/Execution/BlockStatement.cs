using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Planning;
using Npgsql;

namespace Adclicks.ReadApi.Execution;

/// <summary>
/// The statement that finds the blocks of one granularity: span, rows, then the columns asked for. Blocks of other
/// times, and such as have none of the wanted ids of the leading dimension, are not touched.
/// </summary>
internal static class BlockStatement
{
    /// <summary>Up to this many ids are looked for one by one.</summary>
    private const int FewIds = 1_000;

    public static NpgsqlBatchCommand Of(
        string table, Granularity granularity, IReadOnlyList<TimeSlice> slices, IEnumerable<string> columns, IReadOnlyList<int[]> wantedLeads)
    {
        var sql = new SqlText();
        sql.Append($"SELECT {string.Join(", ", columns.Prepend(Cuboid.RowsColumn).Prepend(Cuboid.SpanColumn))} FROM {table}");
        var spans = slices.SelectMany(slice => Spans(slice, granularity)).Distinct().ToArray();
        if (slices.Count == 1 && (wantedLeads.Count == 0 || spans.Length > FewIds))
        {
            sql.Append($" WHERE {Cuboid.SpanColumn} >= {sql.Value(Span(slices[0].From, granularity))} AND {Cuboid.SpanColumn} < {sql.Value(slices[0].To)}");
        }
        else
        {
            sql.Append($" WHERE {Cuboid.SpanColumn} = ANY({sql.Value(spans)})");
        }

        foreach (var ids in wantedLeads)
        {
            sql.Append($" AND {Cuboid.LeadMaxColumn} >= {sql.Value(ids.Min())} AND {Cuboid.LeadMinColumn} <= {sql.Value(ids.Max())}");
            if (ids.Length is > 1 and <= FewIds)
                sql.Append($" AND EXISTS (SELECT FROM unnest({sql.Value(ids)}) id WHERE id BETWEEN {Cuboid.LeadMinColumn} AND {Cuboid.LeadMaxColumn})");
        }

        return sql.ToCommand();
    }

    private static IEnumerable<DateTime> Spans(TimeSlice slice, Granularity granularity)
    {
        var length = TimeSpan.FromMilliseconds(granularity.SpanMs());
        for (var span = Span(slice.From, granularity); span < slice.To; span += length) yield return span;
    }

    private static DateTime Span(DateTime instant, Granularity granularity)
    {
        var length = granularity.SpanMs() * TimeSpan.TicksPerMillisecond;
        return new DateTime(instant.Ticks / length * length, DateTimeKind.Utc);
    }
}
