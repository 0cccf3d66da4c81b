using System.Globalization;
using Adclicks.Domain.Streams;

namespace Adclicks.EventStore.Sharding;

/// <summary>One cluster's part of the click streams, as configured under <c>EventStore:Shards</c>.</summary>
public sealed class ShardOptions
{
    /// <summary>A name that stays with the cluster, whatever its address becomes.</summary>
    public string Name { get; set; } = "";

    /// <summary>The partitions there: <c>0-31</c>, or several as <c>0-7,12,40-63</c>.</summary>
    public string Partitions { get; set; } = "";

    /// <summary>Where the cluster is.</summary>
    public string ConnectionString { get; set; } = "";
}

/// <summary>Which cluster has which partition: every partition in exactly one.</summary>
public sealed class ShardMap
{
    private readonly string[] _shardOf;

    private ShardMap(string[] shardOf) => _shardOf = shardOf;

    /// <summary>The names of the shards, in order of their first partition.</summary>
    public IReadOnlyList<string> Names => [.. _shardOf.Distinct()];

    /// <summary>The name of each partition's shard, by partition.</summary>
    public IReadOnlyList<string> ShardOf => _shardOf;

    /// <summary>The shard of a stream; null for streams that are not of clicks, which are not sharded.</summary>
    public string? Of(string stream)
    {
        const string Prefix = "clicks-";
        return stream.StartsWith(Prefix, StringComparison.Ordinal)
            && int.TryParse(stream.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            && partition < _shardOf.Length
            && stream == StreamNames.Clicks(partition)
                ? _shardOf[partition]
                : null;
    }

    /// <summary>Reads the configuration. Throws <see cref="FormatException"/> that names what is wrong with it.</summary>
    public static ShardMap Parse(IReadOnlyList<ShardOptions> shards, int partitions)
    {
        var shardOf = new string[partitions];
        if (shards.Select(s => s.Name).Distinct(StringComparer.Ordinal).Count() != shards.Count || shards.Any(s => s.Name.Length == 0))
            throw new FormatException("EventStore:Shards: every shard needs a Name of its own.");
        foreach (var shard in shards)
        {
            foreach (var partition in Ranges(shard, partitions))
            {
                if (shardOf[partition] is { } other)
                    throw new FormatException($"EventStore:Shards: partition {partition} is in both '{other}' and '{shard.Name}'.");
                shardOf[partition] = shard.Name;
            }
        }

        var missing = Array.IndexOf(shardOf, null);
        return missing < 0 ? new ShardMap(shardOf) : throw new FormatException($"EventStore:Shards: partition {missing} of {partitions} is in no shard.");
    }

    private static IEnumerable<int> Ranges(ShardOptions shard, int partitions)
    {
        foreach (var range in shard.Partitions.Split(',', StringSplitOptions.TrimEntries))
        {
            var ends = range.Split('-', StringSplitOptions.TrimEntries);
            if (ends.Length > 2 || !TryNumber(ends[0], out var first) || !TryNumber(ends[^1], out var last) || first > last || last >= partitions)
                throw new FormatException($"EventStore:Shards: '{range}' of '{shard.Name}' is not a range of partitions from 0 to {partitions - 1}.");
            for (var partition = first; partition <= last; partition++)
                yield return partition;
        }
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
