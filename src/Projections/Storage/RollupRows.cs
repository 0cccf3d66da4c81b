using Adclicks.Projections.Aggregation;
using Adclicks.Projections.Schema;

namespace Adclicks.Projections.Storage;

/// <summary>Rows of one table on their way to it: as columns for statements, one by one for COPY.</summary>
internal sealed class RollupRows(LaneBuffer buffer, RollupShape shape, int lane)
{
    private readonly RowTable _table = buffer.Table(shape);
    private readonly Combinations _combinations = buffer.Combinations(shape);
    private readonly LocalDictionary[] _dictionaries = [.. shape.Cuboid.Dimensions.Select(d => buffer.Dictionaries[(int)d])];

    /// <summary>The dirty rows of a state, sorted by bucket and first dimension: neighbours in the index.</summary>
    public int[] Select(RowState state)
    {
        var count = 0;
        foreach (var row in _table.Dirty) count += _table[row].State == state ? 1 : 0;
        if (count == 0) return [];
        var rows = new int[count];
        var keys = new ulong[count];
        foreach (var row in _table.Dirty)
        {
            if (_table[row].State != state) continue;
            rows[--count] = row;
            keys[count] = ((ulong)(uint)_table.BucketOf(row) << 32) | (uint)Id(row, 0);
        }

        Array.Sort(keys, rows);
        return rows;
    }

    /// <summary>Lane where there is one, bucket, one column per dimension: the parameters of the key.</summary>
    public IEnumerable<object> Keys(int[] rows)
    {
        if (shape.Cuboid.HasLane) yield return (short)lane;
        yield return Array.ConvertAll(rows, r => DateTime.UnixEpoch.AddMinutes(_table.BucketOf(r)));
        for (var d = 0; d < _dictionaries.Length; d++)
        {
            var dimension = d;
            yield return Array.ConvertAll(rows, r => Id(r, dimension));
        }
    }

    /// <summary>One column per counter and sketch.</summary>
    public IEnumerable<object> Values(int[] rows)
    {
        yield return Array.ConvertAll(rows, r => _table[r].Gross);
        yield return Array.ConvertAll(rows, r => _table[r].Click);
        yield return Array.ConvertAll(rows, r => _table[r].Fraudulent);
        yield return Array.ConvertAll(rows, r => _table[r].Users.ToBytes());
        yield return Array.ConvertAll(rows, r => _table[r].Ips.ToBytes());
    }

    /// <summary>Adds what the table has to a row.</summary>
    public void Merge(int row, long gross, long click, long fraudulent, byte[] users, byte[] ips)
    {
        ref var target = ref _table[row];
        target.Gross += gross;
        target.Click += click;
        target.Fraudulent += fraudulent;
        target.Users.Merge(users);
        target.Ips.Merge(ips);
        target.State = RowState.Stored;
    }

    /// <summary>The table has no row of that key.</summary>
    public void NotFound(int row)
    {
        if (_table[row].State == RowState.Delta) _table[row].State = RowState.New;
    }

    /// <summary>One row in the order of the columns of <see cref="RollupSql.Copy"/>.</summary>
    public void Write(CopyBuffer copy, int row)
    {
        ref var values = ref _table[row];
        copy.StartRow(1 + (shape.Cuboid.HasLane ? 1 : 0) + _dictionaries.Length + 5);
        copy.Time(_table.BucketOf(row));
        if (shape.Cuboid.HasLane) copy.Int16((short)lane);
        for (var d = 0; d < _dictionaries.Length; d++) copy.Int32(Id(row, d));
        copy.Int64(values.Gross);
        copy.Int64(values.Click);
        copy.Int64(values.Fraudulent);
        Span<byte> one = stackalloc byte[RowSketch.OneBytes];
        copy.Bytea(values.Users.ToBytes(one));
        copy.Bytea(values.Ips.ToBytes(one));
    }

    private int Id(int row, int dimension) => _dictionaries[dimension].GlobalIds[_combinations[_table.CombinationOf(row)][dimension]];
}
