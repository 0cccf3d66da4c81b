using System.Numerics;

namespace Adclicks.Projections.Storage;

/// <summary>
/// Runs of a span are merged eight at a time with others of like size, so that a row is written anew once for each
/// eightfold growth, and never again in a run of more than <see cref="MaxRows"/>.
/// </summary>
internal static class MergePolicy
{
    public const int FanIn = 8;

    public const int MaxRows = 65_536;

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

    private static int Tier(int rows) => BitOperations.Log2((uint)Math.Max(1, rows / SmallestRows)) / 3;
}
