using System.Runtime.InteropServices;
using Adclicks.Domain.Rollups;
using Npgsql;

namespace Adclicks.ReadApi.Execution;

/// <summary>
/// Where in the blocks of a table the sketches lie that an answer needs. Who asks for few ids needs few rows of a block, side by side:
/// with the rows only the heads of the sketch columns are read, which say where each sketch is, and then the stretch that is
/// needed. PostgreSQL reads a part of a long column without the rest.
/// </summary>
/// <param name="table">The blocks'.</param>
/// <param name="columns">Sketch columns, by their places in <see cref="GroupTable.Unite"/>.</param>
internal sealed class SketchPlaces(string table, IReadOnlyList<string> columns)
{
    private readonly List<DateTime> _spans = [];
    private readonly List<short> _lanes = [];
    private readonly List<long> _runs = [];
    private readonly List<int> _blocks = [];
    private readonly Stretches[] _columns = [.. columns.Select(_ => new Stretches())];

    /// <summary>What to select behind a block's other columns: its key, and the heads.</summary>
    public IEnumerable<string> Columns =>
        [Cuboid.LaneColumn, Cuboid.RunColumn, Cuboid.BlockColumn, .. columns.Select(column => $"substr({column}, 1, {SketchColumn.MaxHeadBytes("rows")})")];

    /// <summary>Whether there is anything to read.</summary>
    public bool IsEmpty => _blocks.Count == 0;

    /// <summary>Notes the sketches of a block's rows.</summary>
    /// <param name="reader">At the block.</param>
    /// <param name="column">The first of <see cref="Columns"/>.</param>
    /// <param name="span">Of the block.</param>
    /// <param name="rows">It has.</param>
    /// <param name="kept">Those that count.</param>
    /// <param name="groups">What each of these counts for.</param>
    /// <param name="bytes">To read into.</param>
    public void Add(NpgsqlDataReader reader, int column, DateTime span, int rows, ReadOnlySpan<int> kept, ReadOnlySpan<int> groups, ColumnBytes bytes)
    {
        _spans.Add(span);
        _lanes.Add(reader.GetInt16(column++));
        _runs.Add(reader.GetInt64(column++));
        _blocks.Add(reader.GetInt32(column++));
        foreach (var stretches in _columns) stretches.Add(new SketchColumn(bytes.Read(reader, column++), rows), kept, groups);
    }

    /// <summary>The statement that <see cref="Unite"/> reads.</summary>
    public NpgsqlBatchCommand Command()
    {
        var sql = new SqlText();
        var keys = $"{sql.Value(_spans.ToArray())}, {sql.Value(_lanes.ToArray())}, {sql.Value(_runs.ToArray())}, {sql.Value(_blocks.ToArray())}";
        var stretches = string.Concat(_columns.Select(column => $", {sql.Value(column.From.ToArray())}, {sql.Value(column.Length.ToArray())}"));
        var names = string.Concat(columns.Select((_, i) => $", from{i}, length{i}"));
        sql.Append($"SELECT k.number::integer - 1, b.* FROM unnest({keys}{stretches}) WITH ORDINALITY k (span, lane, run, block{names}, number), ");

        // Block by block, by the key: whatever the planner thinks of tables this fresh.
        sql.Append($"LATERAL (SELECT {string.Join(", ", columns.Select((column, i) => $"substr({column}, k.from{i}, k.length{i})"))} FROM {table} t ");
        sql.Append($"WHERE t.{Cuboid.SpanColumn} = k.span AND t.{Cuboid.LaneColumn} = k.lane AND t.{Cuboid.RunColumn} = k.run AND t.{Cuboid.BlockColumn} = k.block LIMIT 1) b");
        return sql.ToCommand();
    }

    /// <summary>Unites the sketches of the block that a reader is at with those of their groups.</summary>
    public void Unite(NpgsqlDataReader reader, GroupTable groups, ColumnBytes bytes)
    {
        var block = reader.GetInt32(0);
        for (var i = 0; i < _columns.Length; i++) _columns[i].Unite(block, bytes.Read(reader, 1 + i), groups, i);
    }

    /// <summary>Of one column: what is read of each block, and the sketches in it.</summary>
    private sealed class Stretches
    {
        private readonly List<Place> _places = [];
        private readonly List<int> _ends = [];

        /// <summary>From 1, by block.</summary>
        public List<int> From { get; } = [];

        /// <summary>In bytes, by block.</summary>
        public List<int> Length { get; } = [];

        public void Add(SketchColumn head, ReadOnlySpan<int> kept, ReadOnlySpan<int> groups)
        {
            var (from, to) = (int.MaxValue, 0);
            for (var i = 0; i < kept.Length; i++)
            {
                var isFormat = false;
                var (start, end) = head.Range(kept[i], ref isFormat);
                if (start == end) continue;
                _places.Add(new Place(groups[i], start, end, isFormat));
                (from, to) = (Math.Min(from, start), Math.Max(to, end));
            }

            _ends.Add(_places.Count);
            From.Add(to == 0 ? 1 : from + 1);
            Length.Add(to == 0 ? 0 : to - from);
        }

        public void Unite(int block, ReadOnlySpan<byte> stretch, GroupTable groups, int column)
        {
            var (first, from) = (block == 0 ? 0 : _ends[block - 1], From[block] - 1);
            foreach (var place in CollectionsMarshal.AsSpan(_places)[first.._ends[block]])
                groups.Unite(place.Group, column, stretch[(place.Start - from)..(place.End - from)], place.IsFormat);
        }
    }

    /// <summary>A sketch: of which group, and where in the column.</summary>
    private readonly record struct Place(int Group, int Start, int End, bool IsFormat);
}
