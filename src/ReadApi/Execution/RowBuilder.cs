using Adclicks.ReadApi.Planning;
using Adclicks.ReadApi.Queries;

namespace Adclicks.ReadApi.Execution;

/// <summary>Makes the rows of an answer of what was added up: values for ids, gaps filled, order, limit.</summary>
internal sealed class RowBuilder(ReportPlan plan, int maxRows)
{
    private static readonly Group Nothing = new(0, 0, 0, [null, null]);

    private readonly string[] _sketches = [.. Reading.SketchColumns(plan.Query)];

    public ReportRow[] Build(Dictionary<GroupKey, Group> groups, IReadOnlyList<Dictionary<int, string>> names)
    {
        FillGaps(groups);
        var rows = groups.Select(pair => Row(pair.Key, pair.Value, names)).ToArray();
        Array.Sort(rows, Compare);
        return rows;
    }

    /// <summary>The rows of the page asked for, and whether there are more.</summary>
    public (IReadOnlyList<ReportRow> Rows, bool HasMore) Page(ReportRow[] rows)
    {
        var first = plan.Query.After is { } after ? Array.FindIndex(rows, row => IsAfter(row, after)) : 0;
        if (first < 0) return ([], false);
        var count = Math.Min(plan.Query.Limit ?? int.MaxValue, rows.Length - first);
        return (rows.AsSpan(first, count).ToArray(), first + count < rows.Length);
    }

    /// <summary>
    /// Sets beside each row the one of the compared period that is as far into it and has the same values. Combinations
    /// that only the compared period has are added, unless the answer is a ranking.
    /// </summary>
    public ReportRow[] Compare(ReportRow[] rows, ReportRow[] compared)
    {
        var others = compared.ToDictionary(row => (row.Bucket, string.Join('\0', row.Values)));
        var joined = new List<ReportRow>();
        foreach (var row in rows)
        {
            others.Remove((row.Bucket, string.Join('\0', row.Values)), out var other);
            joined.Add(row with { Compared = other ?? Zero(row) });
        }

        if (plan.Query.RankBy is null)
        {
            joined.AddRange(others.Values.Where(row => row.Bucket < plan.Grid.Count)
                .Select(row => Zero(row) with { Time = row.Time is null ? null : plan.Grid.Labels[row.Bucket], Compared = row }));
        }

        var result = joined.ToArray();
        Array.Sort(result, Compare);
        return result;
    }

    private static ReportRow Zero(ReportRow row) => new(row.Time, row.Bucket, row.Values, 0, 0, 0, 0, 0);

    private static bool IsAfter(ReportRow row, ReportPosition after)
    {
        var order = Nullable.Compare(row.Time, after.Time);
        for (var i = 0; order == 0 && i < row.Values.Count; i++) order = string.CompareOrdinal(row.Values[i], after.Values[i]);
        return order > 0;
    }

    private void FillGaps(Dictionary<GroupKey, Group> groups)
    {
        var query = plan.Query;
        if (query.Granularity is null && query.Dimensions.Count == 0) groups.TryAdd(new GroupKey(0, []), Nothing);
        if (query.Granularity is null || !query.FillGaps) return;
        var combinations = query.Dimensions.Count == 0
            ? [new GroupKey(0, [])]
            : groups.Keys.Select(key => new GroupKey(0, key.Ids)).Distinct().ToArray();
        if ((long)combinations.Length * plan.Grid.Count > maxRows) throw Reading.TooManyRows(maxRows);
        foreach (var combination in combinations)
        {
            for (var bucket = 0; bucket < plan.Grid.Count; bucket++)
                groups.TryAdd(new GroupKey(bucket, combination.Ids), Nothing);
        }
    }

    private ReportRow Row(GroupKey key, Group group, IReadOnlyList<Dictionary<int, string>> names)
    {
        var values = new string[key.Ids.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = names[i].TryGetValue(key.Ids[i], out var value)
                ? value
                : throw new InvalidOperationException($"Dictionary id {key.Ids[i]} of {plan.Query.Dimensions[i]} has no value.");
        }

        return new ReportRow(
            plan.Query.Granularity is null ? null : plan.Grid.Labels[key.Bucket],
            key.Bucket,
            values,
            group.Gross,
            group.Clicks,
            group.Fraudulent,
            Estimate(group, "unique_users"),
            Estimate(group, "unique_ips"));
    }

    private long Estimate(Group group, string column)
    {
        var index = Array.IndexOf(_sketches, column);
        return index >= 0 && group.Sketches[index] is { } sketch ? (long)Math.Round(sketch.Cardinality()) : 0;
    }

    private int Compare(ReportRow a, ReportRow b)
    {
        var order = plan.Query.RankBy is { } metric
            ? b[metric].CompareTo(a[metric])
            : a.Bucket.CompareTo(b.Bucket);
        for (var i = 0; order == 0 && i < a.Values.Count; i++) order = string.CompareOrdinal(a.Values[i], b.Values[i]);
        return order;
    }
}
