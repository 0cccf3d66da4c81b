using Adclicks.Projections.Leases;
using Adclicks.Projections.Schema;

namespace Adclicks.Projections.Storage;

/// <summary>The runs a lane has in the spans it has lately written to, and which of them are to become one.</summary>
internal sealed class RunCatalog
{
    private const int MaxSpans = 20_000;
    private readonly Dictionary<(int Table, int Span), Dictionary<long, int>> _runs = [];
    private readonly HashSet<(int Table, int Span)> _loaded = [], _touched = [], _written = [];
    private int _made;

    /// <summary>The number of a new run: no other of the lane has it.</summary>
    public long Next(Lease lease) => (lease.Epoch << 32) | (uint)++_made;

    /// <summary>Rows that a run has got.</summary>
    public void Add(RollupShape shape, int span, long run, int rows)
    {
        var key = (shape.Index, span);
        _touched.Add(key);
        _written.Add(key);
        if (!_runs.TryGetValue(key, out var runs)) _runs[key] = runs = [];
        runs[run] = runs.GetValueOrDefault(run) + rows;
    }

    /// <summary>Spans of a table in which there may be runs that are not known here; asked once.</summary>
    public int[] TakeUnknown(RollupShape shape) => [.. Touched(shape).Where(_loaded.Add).Select(k => k.Span)];

    /// <summary>The spans that have got rows since this was last asked.</summary>
    public IReadOnlyList<(int Table, int Span)> TakeWritten()
    {
        (int, int)[] written = [.. _written];
        _written.Clear();
        return written;
    }

    /// <summary>Runs of a span at rest that are to be merged; the span is known.</summary>
    public long[] Settled(RollupShape shape, int span) => _runs.TryGetValue((shape.Index, span), out var runs) ? MergePolicy.ChooseSettled(runs) : [];

    /// <summary>Whether the runs of a span have to be asked for; once.</summary>
    public bool TakeUnknown(RollupShape shape, int span) => _loaded.Add((shape.Index, span));

    /// <summary>A run as the table has it.</summary>
    public void Set(RollupShape shape, int span, long run, int rows)
    {
        if (!_runs.TryGetValue((shape.Index, span), out var runs)) _runs[(shape.Index, span)] = runs = [];
        runs[run] = rows;
    }

    /// <summary>Runs that are to be merged, by span.</summary>
    public IReadOnlyList<(int Span, long[] Runs)> TakeDue(RollupShape shape)
    {
        var touched = Touched(shape).ToArray();
        _touched.ExceptWith(touched);
        return [.. touched.Select(k => (k.Span, MergePolicy.Choose(_runs[k]))).Where(d => d.Item2.Length > 0)];
    }

    /// <summary>Runs that have become another.</summary>
    public void Replace(RollupShape shape, int span, long[] merged, long run, int rows)
    {
        var runs = _runs[(shape.Index, span)];
        foreach (var old in merged) runs.Remove(old);
        runs[run] = rows;
    }

    /// <summary>Keeps to its bound.</summary>
    public void Trim()
    {
        if (_runs.Count <= MaxSpans) return;
        _runs.Clear();
        _loaded.Clear();
    }

    private IEnumerable<(int Table, int Span)> Touched(RollupShape shape) => _touched.Where(k => k.Table == shape.Index);
}
