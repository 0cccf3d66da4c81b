using System.Buffers.Binary;
using Adclicks.Domain.Sketches;
using CsCheck;

namespace Adclicks.Domain.Tests.Sketches;

public sealed class SketchUnionTests
{
    /// <summary>Rows of a report, with few hashes or many, the same in several rows, zero too.</summary>
    private static readonly Gen<ulong[][]> Rows = Gen.Int[1, 3_000].SelectMany(visitors =>
        Gen.Frequency((4, Gen.Int[0, visitors].Select(Hash).Array[0, 120]), (1, Gen.Int[0, visitors].Select(Hash).Array[300, 800])).Array[0, 12]);

    [Fact]
    public void It_counts_what_the_sketches_united_count() => Rows.Sample(rows =>
    {
        var union = new SketchUnion();
        var expected = HyperLogLog.Create();
        foreach (var row in rows)
        {
            var stored = Stored(row, out var isFormat);
            union.Add(stored, isFormat);
            SketchBytes.AddTo(expected, stored, isFormat);
        }

        Assert.Equal(expected.Cardinality(), union.Cardinality());
    }, iter: 300);

    [Theory]
    [InlineData(319)]
    [InlineData(320)]
    [InlineData(321)]
    [InlineData(50_000)]
    public void It_changes_over_where_sketches_do_zero_included(int hashes)
    {
        var union = new SketchUnion();
        var expected = HyperLogLog.Create();
        for (var n = hashes - 1; n >= 0; n--)
        {
            union.Add(Bytes(Hash(n)), isFormat: false);
            expected.Add(Hash(n));
        }

        Assert.Equal(expected.Cardinality(), union.Cardinality());
    }

    /// <summary>As a block keeps it.</summary>
    private static byte[] Stored(ulong[] hashes, out bool isFormat)
    {
        var builder = new SketchBuilder();
        builder.Add([.. hashes.SelectMany(Bytes)], isFormat: false);
        var bytes = new byte[SketchBuilder.MaxBytes];
        return bytes[..builder.Take(bytes, out isFormat)];
    }

    /// <summary>Spread like the hashes of visitors; 0 is 0.</summary>
    private static ulong Hash(int n) => BitConverter.ToUInt64(System.IO.Hashing.XxHash3.Hash(BitConverter.GetBytes(n))) * (n == 0 ? 0UL : 1UL);

    private static byte[] Bytes(ulong hash)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, hash);
        return bytes;
    }
}
