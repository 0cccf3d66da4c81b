using System.Runtime.InteropServices;

namespace Adclicks.Projections.Aggregation;

/// <summary>Clicks by hour and verdict since the last flush.</summary>
internal sealed class VerdictCounts
{
    private readonly Dictionary<(int HourMinute, string Verdict), long> _counts = [];

    public IReadOnlyDictionary<(int HourMinute, string Verdict), long> All => _counts;

    /// <param name="minute">Of the click, in minutes since the Unix epoch.</param>
    /// <param name="verdict">As the table <c>verdicts</c> has it.</param>
    public void Add(int minute, string verdict) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, (minute - (minute % 60), verdict), out _)++;

    public void Clear() => _counts.Clear();
}
