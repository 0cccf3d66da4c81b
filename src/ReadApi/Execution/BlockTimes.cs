using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Planning;

namespace Adclicks.ReadApi.Execution;

/// <summary>Which bucket of the answer the stored buckets of a span belong to.</summary>
internal sealed class BlockTimes(ReportPlan plan, Granularity granularity)
{
    /// <summary>The stored bucket is of no slice.</summary>
    public const int Outside = -1;

    private readonly TimeSlice[] _slices = [.. plan.Slices.Where(slice => slice.Granularity == granularity)];
    private readonly Dictionary<DateTime, int[]> _known = [];

    /// <summary>By place in the span.</summary>
    public int[] Of(DateTime span)
    {
        if (_known.TryGetValue(span, out var places)) return places;
        places = new int[granularity.SpanMs() / granularity.LengthMs()];
        for (var place = 0; place < places.Length; place++)
        {
            var instant = span.AddMilliseconds(place * granularity.LengthMs());
            var isInside = Array.Exists(_slices, slice => slice.From <= instant && instant < slice.To);
            places[place] = !isInside ? Outside : plan.Query.Granularity is null ? 0 : plan.Grid.IndexOf(instant);
        }

        return _known[span] = places;
    }
}
