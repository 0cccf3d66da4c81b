using System.Text.Json;
using System.Text.Json.Serialization;

namespace Adclicks.EventStore.Sharding;

/// <summary>The map as recorded in <c>reference</c>.</summary>
/// <param name="SchemaVersion">Of this record.</param>
/// <param name="ShardOf">The name of each partition's shard, by partition.</param>
/// <param name="Clusters">The identity that each shard's cluster gave itself.</param>
internal sealed record ShardRecord(int SchemaVersion, IReadOnlyList<string> ShardOf, IReadOnlyDictionary<string, Guid> Clusters)
{
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ShardJson.Default.ShardRecord);

    public static ShardRecord FromJson(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, ShardJson.Default.ShardRecord) ?? throw new JsonException("null");
}

/// <summary>Who a cluster is: the first event of a stream of its own.</summary>
/// <param name="Id">Made up when it was first used.</param>
internal sealed record ClusterIdentity(Guid Id);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ShardRecord))]
[JsonSerializable(typeof(ClusterIdentity))]
internal sealed partial class ShardJson : JsonSerializerContext;
