using Adclicks.Domain.Rollups;
using Adclicks.Domain.Sketches;
using CsCheck;

namespace Adclicks.Domain.Tests.Rollups;

public sealed class PackingTests
{
    private static readonly Gen<ulong[]> Hashes = Gen.OneOf(Gen.Const(1), Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[300, 1_500])
        .SelectMany(count => Gen.ULong[0, 5_000].Select(Spread).Array[count]);

    private static readonly Gen<(int Bucket, int[] Values, ulong[] Users, ulong[] Ips)[]> Rows =
        Gen.Select(Gen.Int[0, 5], Gen.Int[1, 4].Array[2], Hashes, Hashes, (bucket, values, users, ips) => (bucket, values, users, ips)).Array[0, 60];

    [Fact]
    public void Numbers_come_back_whatever_their_range() =>
        Gen.Select(Gen.Long[-1_000_000_000_000, 1_000_000_000_000], Gen.OneOf(0L, 1, 255, 256, 65_535, 65_536, uint.MaxValue, 1L << 33)).SelectMany((from, range) =>
            Gen.Long[from, from + range].Array[0, 50]).Sample(values =>
        {
            var back = new long[values.Length];
            NumberColumn.Unpack(NumberColumn.Pack(values), back.AsSpan());
            Assert.Equal(values, back);
        });

    [Fact]
    public void Anything_else_is_not_a_column_of_numbers() =>
        Gen.Byte.Array[0, 20].Sample(bytes =>
        {
            var isColumn = bytes.Length >= 9 && bytes[0] is 0 or 1 or 2 or 4 or 8 && bytes.Length == 9 + (3 * bytes[0]);
            if (!isColumn) Assert.Throws<FormatException>(() => NumberColumn.Unpack(bytes, new int[3].AsSpan()));
        });

    [Fact]
    public void A_builder_gives_the_sketch_of_the_hashes_in_any_order_and_pieces() => Hashes.Array[0, 4].Sample(pieces =>
    {
        var sketch = HyperLogLog.Create();
        var (whole, united) = (new SketchBuilder(), new SketchBuilder());
        foreach (var piece in pieces)
        {
            var part = new SketchBuilder();
            foreach (var hash in piece)
            {
                sketch.Add(hash);
                whole.Add(hash);
                part.Add(hash);
            }

            var bytes = Take(part);
            united.Add(bytes.Bytes.Span, bytes.IsFormat);
        }

        Assert.Equal(sketch.ToBytes(), Take(whole).ToFormat());
        Assert.Equal(sketch.ToBytes(), Take(united).ToFormat());
    });

    [Fact]
    public void Rows_merged_from_blocks_are_those_counted_at_once() => Gen.Select(Rows, Gen.Int[1, 20]).Sample((rows, perBlock) =>
    {
        var all = new RollupRows(2);
        foreach (var block in rows.Chunk(perBlock)) AddBlock(all, block);
        var merged = all.Merge();
        var again = new RollupRows(2);
        Refill(merged, again);

        var expected = rows.GroupBy(r => (r.Values[0], r.Values[1], r.Bucket)).OrderBy(g => g.Key).Select(g =>
            $"{g.Key} {g.Count()} {Sketch(g.SelectMany(r => r.Users))} {Sketch(g.SelectMany(r => r.Ips))}").ToList();
        Assert.Equal(expected, Print(merged));
        Assert.Equal(expected, Print(again));
        Assert.All(Enumerable.Range(0, merged.Count), i => Assert.True(merged.CompareKeys(i, again, i) == 0 && merged.IsLike(i, again, i)));
    });

    [Fact]
    public void A_sort_by_one_key_after_another_is_the_sort_by_all() =>
        Gen.Select(Gen.Int[-3, 3], Gen.OneOf(Gen.Int[0, 400], Gen.Int)).Array[0, 300].Sample(items =>
        {
            var order = Enumerable.Range(0, items.Length).ToArray();
            var sort = new RadixSort();
            sort.By(ref order, items.Length, [.. items.Select(i => i.Item2)]);
            sort.By(ref order, items.Length, [.. items.Select(i => i.Item1)]);
            Assert.Equal(Enumerable.Range(0, items.Length).OrderBy(i => items[i].Item1).ThenBy(i => items[i].Item2), order.Take(items.Length));
        });

    private static void AddBlock(RollupRows all, (int Bucket, int[] Values, ulong[] Users, ulong[] Ips)[] rows)
    {
        var block = new BlockBuilder(2);
        foreach (var (bucket, values, users, ips) in rows)
        {
            foreach (var user in users) block.Users.Row.Add(user);
            foreach (var ip in ips) block.Ips.Row.Add(ip);
            block.Users.EndRow();
            block.Ips.EndRow();
            block.Add(bucket, values, 1, 0, 0);
        }

        all.AddBlock(block.Rows, [.. Enumerable.Range(0, block.Columns).Select(block.Pack)]);
    }

    private static void Refill(RollupRows from, RollupRows to)
    {
        var block = new BlockBuilder(2);
        for (var row = 0; row < from.Count; block.Clear())
        {
            row = from.Fill(block, row);
            to.AddBlock(block.Rows, [.. Enumerable.Range(0, block.Columns).Select(block.Pack)]);
        }
    }

    private static List<string> Print(RollupRows rows) => [.. Enumerable.Range(0, rows.Count).Select(i =>
        $"{(rows.Value(i, 0), rows.Value(i, 1), rows.Bucket(i))} {rows.Counter(i, 0)} {Convert.ToHexString(rows.Users(i).ToFormat())} {Convert.ToHexString(rows.Ips(i).ToFormat())}")];

    private static string Sketch(IEnumerable<ulong> hashes)
    {
        var sketch = HyperLogLog.Create();
        foreach (var hash in hashes) sketch.Add(hash);
        return Convert.ToHexString(sketch.ToBytes());
    }

    private static SketchBytes Take(SketchBuilder builder)
    {
        var space = new byte[SketchBuilder.MaxBytes];
        var length = builder.Take(space, out var isFormat);
        return new SketchBytes(space.AsMemory(0, length), isFormat);
    }

    private static ulong Spread(ulong number) => (number ^ (number >> 3)) * 0x9E3779B97F4A7C15UL;
}
