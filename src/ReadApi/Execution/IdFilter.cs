using System.Collections.Frozen;
using Adclicks.Domain.Rollups;

namespace Adclicks.ReadApi.Execution;

/// <summary>A filter in dictionary ids.</summary>
/// <param name="dimension">The dimension compared.</param>
/// <param name="isIn">Whether the ids are those wanted; else those not wanted.</param>
/// <param name="ids">In any order.</param>
internal sealed class IdFilter(Dimension dimension, bool isIn, int[] ids)
{
    private readonly FrozenSet<int> _set = ids.ToFrozenSet();

    public Dimension Dimension => dimension;

    /// <summary>Whether no row can pass.</summary>
    public bool AcceptsNothing => isIn && ids.Length == 0;

    /// <summary>The ids wanted; null where it says what is not wanted.</summary>
    public int[]? Wanted => isIn ? ids : null;

    /// <summary>Keeps those of some rows whose value passes, in order, and returns how many they are.</summary>
    public int Keep(Span<int> rows, ReadOnlySpan<int> values)
    {
        var kept = 0;
        if (ids.Length == 1)
        {
            var only = ids[0];
            foreach (var row in rows)
            {
                if (values[row] == only == isIn) rows[kept++] = row;
            }

            return kept;
        }

        foreach (var row in rows)
        {
            if (_set.Contains(values[row]) == isIn) rows[kept++] = row;
        }

        return kept;
    }
}
