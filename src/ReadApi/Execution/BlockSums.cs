using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Planning;
using Npgsql;

namespace Adclicks.ReadApi.Execution;

/// <summary>Adds the rows of blocks up, by the buckets and dimensions of an answer.</summary>
/// <param name="plan">The question.</param>
/// <param name="filters">Conditions on rows.</param>
/// <param name="counters">Counter columns to add up, by their places in <see cref="GroupTable.Counter"/>.</param>
/// <param name="sketches">Sketch columns to unite.</param>
/// <param name="groups">Where to. </param>
/// <param name="addsGroups">Whether rows of other combinations than those that are there count.</param>
internal sealed class BlockSums(
    ReportPlan plan, IReadOnlyList<IdFilter> filters, IReadOnlyList<int> counters, IReadOnlyList<string> sketches, GroupTable groups, bool addsGroups)
{
    private static readonly string[] CounterColumns = [Cuboid.GrossColumn, Cuboid.ClickColumn, Cuboid.FraudulentColumn];
    private readonly int _dimensions = plan.Query.Dimensions.Count;
    private readonly int[][] _values = [.. Enumerable.Range(0, 1 + plan.Query.Dimensions.Count).Select(_ => new int[BlockBuilder.MaxRows])];
    private readonly long[] _numbers = new long[BlockBuilder.MaxRows];
    private byte[] _bytes = new byte[64 * 1024];
    private readonly int[] _filtered = new int[BlockBuilder.MaxRows], _rows = new int[BlockBuilder.MaxRows], _groupOf = new int[BlockBuilder.MaxRows];

    /// <summary>What <see cref="Add"/> expects behind span and rows.</summary>
    public IEnumerable<string> Columns =>
    [
        Cuboid.BucketColumn,
        .. filters.Select(filter => filter.Dimension.Name()),
        .. plan.Query.Dimensions.Select(dimension => dimension.Name()),
        .. counters.Select(counter => CounterColumns[counter]),
        .. sketches,
    ];

    /// <summary>Adds the block that a reader is at.</summary>
    public void Add(NpgsqlDataReader reader, BlockTimes times)
    {
        var rows = reader.GetInt32(1);
        var column = 2;
        var places = times.Of(reader.GetDateTime(0));
        Unpack(reader, column++, _values[0].AsSpan(0, rows));
        var kept = KeepTimes(rows, places);
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
        for (var s = 0; s < sketches.Count; s++) Unite(reader, column++, s, rows, kept);
    }

    /// <summary>Puts the bucket of the answer in place of the stored one.</summary>
    private int KeepTimes(int rows, int[] places)
    {
        var kept = 0;
        var buckets = _values[0].AsSpan(0, rows);
        for (var row = 0; row < rows; row++)
        {
            var bucket = places[buckets[row]];
            if (bucket == BlockTimes.Outside) continue;
            buckets[row] = bucket;
            _rows[kept++] = row;
        }

        return kept;
    }

    private int FindGroups(int count)
    {
        var kept = 0;
        Span<int> key = stackalloc int[1 + _dimensions];
        for (var i = 0; i < count; i++)
        {
            var row = _rows[i];
            for (var k = 0; k < key.Length; k++) key[k] = _values[k][row];
            var group = groups.Find(key, addsGroups);
            if (group < 0) continue;
            _rows[kept] = row;
            _groupOf[kept++] = group;
        }

        return kept;
    }

    private void AddCounter(NpgsqlDataReader reader, int column, int counter, int rows, int kept)
    {
        NumberColumn.Unpack(Bytes(reader, column), _numbers.AsSpan(0, rows));
        var sums = groups.Counter(counter);
        for (var i = 0; i < kept; i++) sums[_groupOf[i]] += _numbers[_rows[i]];
    }

    private void Unite(NpgsqlDataReader reader, int column, int index, int rows, int kept)
    {
        var packed = new SketchColumn(Bytes(reader, column), rows);
        for (var i = 0; i < kept; i++)
        {
            var bytes = packed.Bytes(_rows[i], out var isFormat);
            groups.Unite(_groupOf[i], index, bytes, isFormat);
        }
    }

    private void Unpack(NpgsqlDataReader reader, int column, Span<int> values) =>
        NumberColumn.Unpack(Bytes(reader, column), values);

    /// <summary>A column of the block, in place of the one before: an array for each would be megabytes of garbage a question.</summary>
    private ReadOnlySpan<byte> Bytes(NpgsqlDataReader reader, int column)
    {
        var length = (int)reader.GetBytes(column, 0, null, 0, 0);
        if (_bytes.Length < length) _bytes = new byte[Math.Max(length, _bytes.Length * 2)];
        return _bytes.AsSpan(0, (int)reader.GetBytes(column, 0, _bytes, 0, length));
    }
}
