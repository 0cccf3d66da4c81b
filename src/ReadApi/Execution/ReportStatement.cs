using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Planning;
using Adclicks.ReadApi.Queries;
using Npgsql;

namespace Adclicks.ReadApi.Execution;

/// <summary>
/// The statement of a plan. Its columns are the bucket (see <see cref="HasTime"/>), one dictionary id per dimension,
/// the three counters, and the sketches asked for. With counters alone the database adds up; with sketches every stored
/// row comes back as it is, because uniting them is done here.
/// </summary>
internal sealed class ReportStatement(ReportPlan plan, int generation, IReadOnlyList<IdFilter> filters)
{
    private readonly SqlText _sql = new();

    /// <summary>Whether there is a first column with the bucket.</summary>
    public bool HasTime => plan.Query.Granularity is not null;

    /// <summary>Counters alone, added up per combination, in no order.</summary>
    /// <param name="maxRows">How many rows to return at most.</param>
    public NpgsqlBatchCommand Counters(int maxRows)
    {
        AppendSums();
        return _sql.Append($" LIMIT {_sql.Value(maxRows)}").ToCommand();
    }

    /// <summary>The combinations with the most of a counter, those that tie with the last included.</summary>
    public NpgsqlBatchCommand Ranking(Metric metric, int rows)
    {
        AppendSums();
        return _sql
            .Append($" ORDER BY {CounterExpression(metric)} DESC FETCH FIRST {_sql.Value(rows)} ROWS WITH TIES")
            .ToCommand();
    }

    /// <summary>Counters and sketches of every stored row.</summary>
    /// <param name="keys">Only these combinations, one array of ids per dimension; null for all.</param>
    public NpgsqlBatchCommand Sketches(int[][]? keys)
    {
        var columns = Columns().Append("gross").Append("click").Append("fraudulent").Concat(SketchColumns(plan.Query));
        _sql.Append($"SELECT {string.Join(", ", columns)} FROM (");
        AppendSlices(SketchColumns(plan.Query), keys);
        return _sql.Append(") rows").ToCommand();
    }

    /// <summary>The first and the last day that has rows.</summary>
    public static NpgsqlBatchCommand Extent(Cuboid cuboid, int generation, IReadOnlyList<IdFilter> filters)
    {
        var sql = new SqlText();
        sql.Append($"SELECT min(bucket), max(bucket) FROM {RollupTables.Table(generation, cuboid, Granularity.Day)} WHERE true");
        foreach (var filter in filters) sql.Append(" AND " + Condition(sql, filter));
        return sql.ToCommand();
    }

    /// <summary>The sketch columns a query needs, in the order they are read.</summary>
    public static IEnumerable<string> SketchColumns(ReportQuery query)
    {
        if (query.Metrics.Contains(Metric.UniqueUsers) || query.RankBy == Metric.UniqueUsers) yield return "unique_users";
        if (query.Metrics.Contains(Metric.UniqueIps) || query.RankBy == Metric.UniqueIps) yield return "unique_ips";
    }

    private void AppendSums()
    {
        var columns = string.Join(", ", Columns());
        var group = columns.Length > 0 ? " GROUP BY " + columns : "";
        _sql.Append(columns.Length > 0 ? $"SELECT {columns}, " : "SELECT ");
        _sql.Append("sum(gross)::bigint, sum(click)::bigint, sum(fraudulent)::bigint FROM (");
        AppendSlices([], keys: null);
        _sql.Append($") rows{group}{(group.Length == 0 ? " HAVING count(*) > 0" : "")}");
    }

    private IEnumerable<string> Columns()
    {
        if (HasTime) yield return "t";
        foreach (var dimension in plan.Query.Dimensions) yield return dimension.Name();
    }

    private void AppendSlices(IEnumerable<string> sketches, int[][]? keys)
    {
        var time = !HasTime ? null
            : plan.StoredBucketsAreAnswerBuckets ? "bucket AS t"
            : $"width_bucket(bucket, {_sql.Value(plan.Grid.Boundaries)}) - 1 AS t";
        var columns = string.Join(", ", ((string?[])[time, .. plan.Query.Dimensions.Select(dimension => dimension.Name())])
            .OfType<string>().Append("gross").Append("click").Append("fraudulent").Concat(sketches));
        var conditions = Conditions(keys);
        var separator = "";
        foreach (var slices in plan.Slices.GroupBy(slice => slice.Granularity))
        {
            _sql.Append($"{separator}SELECT {columns} FROM {RollupTables.Table(generation, plan.Cuboid, slices.Key)}");
            AppendRange([.. slices]);
            _sql.Append(conditions);
            separator = " UNION ALL ";
        }
    }

    private void AppendRange(TimeSlice[] slices)
    {
        if (slices.Length > 1)
        {
            var starts = _sql.Value(Array.ConvertAll(slices, slice => slice.From));
            var ends = _sql.Value(Array.ConvertAll(slices, slice => slice.To));
            _sql.Append($" JOIN unnest({starts}, {ends}) AS slice(s, e) ON bucket >= slice.s AND bucket < slice.e");
        }

        _sql.Append($" WHERE bucket >= {_sql.Value(slices[0].From)} AND bucket < {_sql.Value(slices[^1].To)}");
    }

    private string Conditions(int[][]? keys)
    {
        var conditions = "";
        foreach (var filter in filters) conditions += " AND " + Condition(_sql, filter);
        if (keys is null) return conditions;
        var names = string.Join(", ", plan.Query.Dimensions.Select(dimension => dimension.Name()));
        return keys.Length == 1
            ? $"{conditions} AND {names} = ANY({_sql.Value(keys[0])})"
            : $"{conditions} AND ({names}) IN (SELECT * FROM unnest({string.Join(", ", keys.Select(_sql.Value))}))";
    }

    private static string Condition(SqlText sql, IdFilter filter)
    {
        var column = filter.Dimension.Name();
        if (filter.Prefix is not { } prefix)
            return filter.Kind == FilterKind.In ? $"{column} = ANY({sql.Value(filter.Ids)})" : $"{column} <> ALL({sql.Value(filter.Ids)})";
        return $"{column} = ANY(ARRAY(SELECT id FROM {RollupTables.Dictionary} "
            + $"WHERE dimension = {sql.Value(filter.Dimension.Name())} "
            + $"AND starts_with(value, {sql.Value(prefix)})))";
    }

    private static string CounterExpression(Metric metric) => metric switch
    {
        Metric.GrossClickCount => "sum(gross)",
        Metric.ClickCount => "sum(click)",
        Metric.FraudulentClickCount => "sum(fraudulent)",
        Metric.BillableClickCount => "sum(click) - sum(fraudulent)",
        Metric.DuplicateClickCount => "sum(gross) - sum(click)",
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "Uniques are not ranked in the database."),
    };
}

/// <summary>A filter in dictionary ids. A prefix is resolved by the database.</summary>
internal readonly record struct IdFilter(Dimension Dimension, FilterKind Kind, int[] Ids, string? Prefix)
{
    /// <summary>Whether no row can pass.</summary>
    public bool AcceptsNothing => Kind == FilterKind.In && Ids.Length == 0;
}
