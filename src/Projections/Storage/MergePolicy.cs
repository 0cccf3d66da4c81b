using System.Numerics;

namespace Adclicks.Projections.Storage;

/// <summary>
/// Runs of a span are merged eight at a time with others of like size, so that a row is written anew once for each
/// eightfold growth, and never again in a run of more than <see cref="MaxRows"/>. What has come to rest is merged
/// once more, into runs as large as can be: a reader looks into every run there is.
/// </summary>
internal static class MergePolicy
{
    public const int FanIn = 8;

    public const int MaxRows = 65_536;

    /// <summary>The most rows that are merged at once when a span has come to rest: some tens of megabytes while it lasts, sketches aside.</summary>
    public const int MaxSettledRows = 262_144;

    /// <summary>The most of their sketches: those of rows by one dimension are kilobytes each.</summary>
    public const long MaxSettledBytes = 128 * 1024 * 1024;

    /// <summary>A run is worth writing anew for others that are together at least one part in this many of it.</summary>
    private const int WorthPart = 8;

    private const int SmallestRows = 64;

    /// <summary>The runs to merge into one: those of the smallest size of which there are enough, and all smaller ones.</summary>
    /// <param name="runs">Number and rows.</param>
    public static long[] Choose(IReadOnlyDictionary<long, int> runs)
    {
        if (runs.Count < FanIn) return [];
        var chosen = new List<long>();
        foreach (var tier in runs.Where(r => r.Value <= MaxRows).GroupBy(r => Tier(r.Value)).OrderBy(t => t.Key))
        {
            chosen.AddRange(tier.Select(r => r.Key));
            if (tier.Count() >= FanIn) return [.. chosen.Order()];
        }

        return [];
    }

    /// <summary>The runs of a span at rest to merge into one, the small ones first; none where it is not worth it.</summary>
    /// <param name="runs">Number and rows.</param>
    public static long[] ChooseSettled(IReadOnlyDictionary<long, int> runs)
    {
        var chosen = new List<long>();
        var rows = 0;
        foreach (var (run, size) in runs.OrderBy(r => r.Value))
        {
            if (rows + size > MaxSettledRows) break;
            if ((long)rows * WorthPart < size)
            {
                if (chosen.Count > 1) break;
                chosen.Clear();
                rows = 0;
            }

            chosen.Add(run);
            rows += size;
        }

        return chosen.Count > 1 ? [.. chosen.Order()] : [];
    }

    private static int Tier(int rows) => BitOperations.Log2((uint)Math.Max(1, rows / SmallestRows)) / 3;
}
