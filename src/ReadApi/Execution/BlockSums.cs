using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Planning;
using Npgsql;

namespace Adclicks.ReadApi.Execution;

/// <summary>Adds the rows of blocks up, by the buckets and dimensions of an answer.</summary>
/// <param name="plan">The question.</param>
/// <param name="filters">Conditions on rows.</param>
/// <param name="counters">Counter columns to add up, by their places in <see cref="GroupTable.Counter"/>.</param>
/// <param name="sketches">Sketch columns to unite.</param>
/// <param name="bytes">To read columns into.</param>
/// <param name="groups">Where to. </param>
/// <param name="addsGroups">Whether rows of other combinations than those that are there count.</param>
internal sealed class BlockSums(
    ReportPlan plan, IReadOnlyList<IdFilter> filters, IReadOnlyList<int> counters, IReadOnlyList<string> sketches, ColumnBytes bytes, GroupTable groups, bool addsGroups)
{
    private static readonly string[] CounterColumns = [Cuboid.GrossColumn, Cuboid.ClickColumn, Cuboid.FraudulentColumn];
    private readonly int _dimensions = plan.Query.Dimensions.Count;
    private readonly int[][] _values = [.. Enumerable.Range(0, 1 + plan.Query.Dimensions.Count).Select(_ => new int[BlockBuilder.MaxRows])];
    private readonly long[] _numbers = new long[BlockBuilder.MaxRows];
    private readonly int[] _filtered = new int[BlockBuilder.MaxRows], _rows = new int[BlockBuilder.MaxRows], _groupOf = new int[BlockBuilder.MaxRows];

    /// <summary>Sketch columns that are united.</summary>
    public IReadOnlyList<string> Sketches => sketches;

    /// <summary>Whether it makes groups of its own.</summary>
    public bool AddsGroups => addsGroups;

    /// <summary>What <see cref="Add"/> expects behind span and rows.</summary>
    public IEnumerable<string> Columns(SketchPlaces? places) =>
    [
        Cuboid.BucketColumn,
        .. filters.Select(filter => filter.Dimension.Name()),
        .. plan.Query.Dimensions.Select(dimension => dimension.Name()),
        .. counters.Select(counter => CounterColumns[counter]),
        .. places?.Columns ?? sketches,
    ];

    /// <summary>Adds the block that a reader is at.</summary>
    /// <param name="reader">Of the statement.</param>
    /// <param name="times">Of the table's granularity.</param>
    /// <param name="places">Where to note what of the sketches is to be read; null where they are read at once.</param>
    public void Add(NpgsqlDataReader reader, BlockTimes times, SketchPlaces? places)
    {
        var rows = reader.GetInt32(1);
        var column = 2;
        var span = reader.GetDateTime(0);
        Unpack(reader, column++, _values[0].AsSpan(0, rows));
        var kept = KeepTimes(rows, times.Of(span));
        foreach (var filter in filters)
        {
            if (kept == 0) return;
            Unpack(reader, column++, _filtered.AsSpan(0, rows));
            kept = filter.Keep(_rows.AsSpan(0, kept), _filtered);
        }

        if (kept == 0) return;
        for (var d = 1; d <= _dimensions; d++) Unpack(reader, column++, _values[d].AsSpan(0, rows));
        kept = FindGroups(kept);
        if (kept == 0) return;
        foreach (var counter in counters) AddCounter(reader, column++, counter, rows, kept);
        if (places is not null) places.Add(reader, column, span, rows, _rows.AsSpan(0, kept), _groupOf.AsSpan(0, kept), bytes);
        else for (var s = 0; s < sketches.Count; s++) Unite(reader, column++, s, rows, kept);
    }

    /// <summary>Puts the bucket of the answer in place of the stored one.</summary>
    private int KeepTimes(int rows, int[] buckets)
    {
        var kept = 0;
        var stored = _values[0].AsSpan(0, rows);
        for (var row = 0; row < rows; row++)
        {
            var bucket = buckets[stored[row]];
            if (bucket == BlockTimes.Outside) continue;
            stored[row] = bucket;
            _rows[kept++] = row;
        }

        return kept;
    }

    private int FindGroups(int count)
    {
        var (kept, group) = (0, int.MinValue);
        Span<int> key = stackalloc int[1 + _dimensions];
        for (var i = 0; i < count; i++)
        {
            var row = _rows[i];

            // Rows are sorted: mostly it is the combination of the row before.
            var isSame = group != int.MinValue;
            for (var k = 0; k < key.Length; k++)
            {
                var value = _values[k][row];
                isSame &= key[k] == value;
                key[k] = value;
            }

            if (!isSame) group = groups.Find(key, addsGroups);
            if (group < 0) continue;
            _rows[kept] = row;
            _groupOf[kept++] = group;
        }

        return kept;
    }

    private void AddCounter(NpgsqlDataReader reader, int column, int counter, int rows, int kept)
    {
        NumberColumn.Unpack(bytes.Read(reader, column), _numbers.AsSpan(0, rows));
        var sums = groups.Counter(counter);
        for (var i = 0; i < kept; i++) sums[_groupOf[i]] += _numbers[_rows[i]];
    }

    private void Unite(NpgsqlDataReader reader, int column, int index, int rows, int kept)
    {
        var packed = new SketchColumn(bytes.Read(reader, column), rows);
        for (var i = 0; i < kept; i++)
        {
            var sketch = packed.Bytes(_rows[i], out var isFormat);
            groups.Unite(_groupOf[i], index, sketch, isFormat);
        }
    }

    private void Unpack(NpgsqlDataReader reader, int column, Span<int> values) =>
        NumberColumn.Unpack(bytes.Read(reader, column), values);
}
