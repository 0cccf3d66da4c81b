using Adclicks.ReadApi.Queries;

namespace Adclicks.ReadApi.Execution;

/// <summary>Chooses the combinations with the most of a counter.</summary>
internal static class Ranking
{
    /// <summary>The first of them with their counters, those that tie with the last included.</summary>
    /// <param name="all">The combinations.</param>
    /// <param name="metric">A counter or a difference of two.</param>
    /// <param name="limit">How many are wanted.</param>
    /// <param name="maxRows">The most that are given however many tie.</param>
    public static GroupTable Of(GroupTable all, Metric metric, int limit, int maxRows)
    {
        var values = new long[all.Count];
        for (var group = 0; group < values.Length; group++) values[group] = Value(all, group, metric);
        var sorted = values.ToArray();
        sorted.AsSpan().Sort();
        var last = sorted.Length > limit ? sorted[^limit] : long.MinValue;
        var winners = new GroupTable(all.Width);
        for (var group = 0; group < values.Length; group++)
        {
            if (values[group] > last) Copy(all, group, winners);
        }

        for (var group = 0; group < values.Length && winners.Count < maxRows; group++)
        {
            if (values[group] == last) Copy(all, group, winners);
        }

        return winners;
    }

    private static void Copy(GroupTable from, int group, GroupTable to)
    {
        var copy = to.Find(from[group], add: true);
        for (var c = 0; c < 3; c++) to.Counter(c)[copy] = from.Counter(c)[group];
    }

    private static long Value(GroupTable table, int group, Metric metric)
    {
        var (gross, click, fraudulent) = (table.Counter(0)[group], table.Counter(1)[group], table.Counter(2)[group]);
        return metric switch
        {
            Metric.GrossClickCount => gross,
            Metric.ClickCount => click,
            Metric.FraudulentClickCount => fraudulent,
            Metric.BillableClickCount => click - fraudulent,
            _ => gross - click,
        };
    }
}
