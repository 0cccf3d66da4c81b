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
/// <param name="Gross">All clicks.</param>
/// <param name="Clicks">Those that are not duplicates.</param>
/// <param name="Fraudulent">The marked ones among these.</param>
/// <param name="Sketches">In the order of <see cref="Reading.SketchColumns"/>.</param>
internal sealed record Group(long Gross, long Clicks, long Fraudulent, SketchUnion?[] Sketches);
