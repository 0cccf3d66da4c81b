using Adclicks.Domain.Sketches;

namespace Adclicks.ReadApi.Execution;

/// <summary>The combination a row counts: its bucket in the answer and one dictionary id per dimension.</summary>
internal readonly struct GroupKey(int bucket, int[] ids) : IEquatable<GroupKey>
{
    public int Bucket { get; } = bucket;

    public int[] Ids { get; } = ids;

    public bool Equals(GroupKey other) => Bucket == other.Bucket && Ids.AsSpan().SequenceEqual(other.Ids);

    public override bool Equals(object? obj) => obj is GroupKey other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Bucket);
        foreach (var id in Ids) hash.Add(id);
        return hash.ToHashCode();
    }
}

/// <summary>What has been added up for one combination.</summary>
internal sealed class Group
{
    public long Gross { get; private set; }

    public long Clicks { get; private set; }

    public long Fraudulent { get; private set; }

    /// <summary>Sketches in the order of <see cref="ReportStatement.SketchColumns"/>.</summary>
    public HyperLogLog?[] Sketches { get; } = new HyperLogLog?[2];

    public void Add(long gross, long clicks, long fraudulent)
    {
        Gross += gross;
        Clicks += clicks;
        Fraudulent += fraudulent;
    }

    public void Unite(int index, byte[] sketch)
    {
        var other = HyperLogLog.FromBytes(sketch);
        if (Sketches[index] is { } own) own.Union(other);
        else Sketches[index] = other;
    }
}
