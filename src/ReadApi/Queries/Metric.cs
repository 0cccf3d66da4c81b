namespace Adclicks.ReadApi.Queries;

/// <summary>What a report counts. The words are defined in the glossary of the documentation.</summary>
public enum Metric
{
    /// <summary>All clicks, duplicates included.</summary>
    GrossClickCount,

    /// <summary>Clicks that are not duplicates.</summary>
    ClickCount,

    /// <summary><see cref="ClickCount"/> less <see cref="FraudulentClickCount"/>.</summary>
    BillableClickCount,

    /// <summary>The part of <see cref="ClickCount"/> that a rule marked.</summary>
    FraudulentClickCount,

    /// <summary><see cref="GrossClickCount"/> less <see cref="ClickCount"/>.</summary>
    DuplicateClickCount,

    /// <summary>Estimated number of visitors behind <see cref="ClickCount"/>.</summary>
    UniqueUsers,

    /// <summary>Estimated number of addresses behind <see cref="ClickCount"/>.</summary>
    UniqueIps,
}

/// <summary>The names of metrics as callers write them.</summary>
public static class Metrics
{
    /// <summary>Every metric, in the order of the enumeration.</summary>
    public static IReadOnlyList<Metric> All { get; } = Enum.GetValues<Metric>();

    /// <summary>The name of every metric, in the same order.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "gross_click_count", "click_count", "billable_click_count", "fraudulent_click_count", "duplicate_click_count",
        "unique_users", "unique_ips",
    ];

    /// <summary>The name of a metric.</summary>
    public static string Name(this Metric metric) => Names[(int)metric];

    /// <summary>True for metrics that are estimates united from sketches, false for exact counters.</summary>
    public static bool IsUnique(this Metric metric) => metric is Metric.UniqueUsers or Metric.UniqueIps;

    /// <summary>The metric of a name; false where there is none.</summary>
    public static bool TryParse(string name, out Metric metric)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            metric = (Metric)i;
            if (Names[i].Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
        }

        metric = default;
        return false;
    }
}
