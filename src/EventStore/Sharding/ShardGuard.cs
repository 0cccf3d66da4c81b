using System.Text.Json;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;

namespace Adclicks.EventStore.Sharding;

/// <summary>
/// Compares the configured shards with those recorded in <c>reference</c>, and records them the first time. A cluster
/// is known by an identity that it carries itself, so an address may change but two clusters cannot be mixed up.
/// </summary>
internal static class ShardGuard
{
    private const string IdentityStream = "adclicks-cluster";
    private const string IdentityType = "cluster-identified";

    /// <summary>Throws <see cref="ShardMapException"/> on a contradiction.</summary>
    /// <param name="home">The log that has <c>reference</c>.</param>
    /// <param name="map">What is configured; null for no shards.</param>
    /// <param name="shards">The logs of the shards by name.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async Task CheckAsync(
        IEventLog home, ShardMap? map, IReadOnlyDictionary<string, IEventLog> shards, CancellationToken cancellationToken)
    {
        var recorded = await RecordedAsync(home, cancellationToken);
        if (map is null)
        {
            if (recorded is not null)
                throw new ShardMapException($"This log was written with the shards {string.Join(", ", recorded.Clusters.Keys)}; EventStore:Shards must say where they are.");
            return;
        }

        var clusters = new Dictionary<string, Guid>();
        foreach (var name in map.Names)
            clusters[name] = await IdentityAsync(shards[name], cancellationToken);
        if (clusters.Values.Distinct().Count() < clusters.Count)
            throw new ShardMapException("EventStore:Shards: two shards are the same cluster.");
        recorded ??= await RecordAsync(home, map, clusters, cancellationToken);
        Compare(recorded, map, clusters);
    }

    private static void Compare(ShardRecord recorded, ShardMap map, Dictionary<string, Guid> clusters)
    {
        if (recorded.ShardOf.Count != map.ShardOf.Count)
            throw new ShardMapException($"This log was sharded over {recorded.ShardOf.Count} partitions, not {map.ShardOf.Count}.");
        for (var partition = 0; partition < map.ShardOf.Count; partition++)
        {
            if (recorded.ShardOf[partition] != map.ShardOf[partition])
                throw new ShardMapException($"Partition {partition} is in shard '{recorded.ShardOf[partition]}', but EventStore:Shards says '{map.ShardOf[partition]}'. A partition does not move.");
        }

        foreach (var (name, id) in clusters)
        {
            if (recorded.Clusters[name] != id)
                throw new ShardMapException($"Shard '{name}' is cluster {recorded.Clusters[name]}, but its connection string leads to {id}.");
        }
    }

    private static async Task<ShardRecord?> RecordedAsync(IEventLog home, CancellationToken cancellationToken)
    {
        await foreach (var e in home.ReadAsync(StreamNames.Reference, ReadDirection.Forwards, StreamPosition.Start, cancellationToken: cancellationToken))
        {
            if (e.Type == ReferenceEvents.LogSharded)
                return ShardRecord.FromJson(e.Data.Span);
        }

        return null;
    }

    /// <summary>Whoever comes first records; all others compare with that.</summary>
    private static async Task<ShardRecord> RecordAsync(
        IEventLog home, ShardMap map, Dictionary<string, Guid> clusters, CancellationToken cancellationToken)
    {
        // A log that was used without shards has its clicks at home: they would be lost from sight.
        var homeId = await IdentityAsync(home, cancellationToken);
        for (var partition = 0; partition < map.ShardOf.Count; partition++)
        {
            if (clusters[map.ShardOf[partition]] != homeId && await home.GetLastRevisionAsync(StreamNames.Clicks(partition), cancellationToken) >= 0)
                throw new ShardMapException($"Partition {partition} already has clicks in the log that was used without shards. A partition does not move.");
        }

        while (true)
        {
            var last = await home.GetLastRevisionAsync(StreamNames.Reference, cancellationToken);
            var record = new ShardRecord(1, map.ShardOf, clusters);
            var data = new EventData(Guid.CreateVersion7(), ReferenceEvents.LogSharded, record.ToJson(), default, IsJson: true);
            var result = await home.AppendAsync(StreamNames.Reference, ExpectedRevision.After(last), [data], cancellationToken);
            if (result.Succeeded)
                return record;
            if (result.Outcome != AppendOutcome.WrongExpectedRevision)
                throw new EventLogUnavailableException($"The shards could not be recorded: {result.Outcome}.");
            if (await RecordedAsync(home, cancellationToken) is { } others)
                return others;
        }
    }

    private static async Task<Guid> IdentityAsync(IEventLog log, CancellationToken cancellationToken)
    {
        while (true)
        {
            await foreach (var e in log.ReadAsync(IdentityStream, ReadDirection.Forwards, StreamPosition.Start, 1, cancellationToken))
                return JsonSerializer.Deserialize(e.Data.Span, ShardJson.Default.ClusterIdentity)!.Id;
            var identity = JsonSerializer.SerializeToUtf8Bytes(new ClusterIdentity(Guid.NewGuid()), ShardJson.Default.ClusterIdentity);
            var result = await log.AppendAsync(
                IdentityStream, ExpectedRevision.NoStream, [new EventData(Guid.CreateVersion7(), IdentityType, identity, default, IsJson: true)], cancellationToken);
            if (result.Outcome is not (AppendOutcome.Appended or AppendOutcome.WrongExpectedRevision))
                throw new EventLogUnavailableException($"A cluster could not be given an identity: {result.Outcome}.");
        }
    }
}
