using Adclicks.EventStore.EventStoreDb.Connection;
using Adclicks.EventStore.Sharding;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Adclicks.EventStore.EventStoreDb;

/// <summary>The EventStoreDB clusters that are configured: one, or home and shards.</summary>
public sealed class EventStoreDbClusters
{
    private readonly ShardMap? _map;

    private EventStoreDbClusters(IReadOnlyDictionary<string, EventStoreDbLog> all, EventStoreDbLog home, ShardMap? map)
    {
        All = all;
        (Home, _map) = (home, map);
        Log = new ShardedEventLog(home, map, all.ToDictionary(c => c.Key, c => (IEventLog)c.Value));
    }

    /// <summary>Every cluster by name; <c>home</c> for the one of <c>EventStore:ConnectionString</c>.</summary>
    public IReadOnlyDictionary<string, EventStoreDbLog> All { get; }

    /// <summary>The one with <c>reference</c> and <c>billing</c>.</summary>
    public EventStoreDbLog Home { get; }

    /// <summary>All of them as one log, which owns them.</summary>
    public ShardedEventLog Log { get; }

    /// <summary>The one that has a partition's clicks.</summary>
    public EventStoreDbLog Of(int partition) => _map is null ? Home : All[_map.ShardOf[partition]];

    /// <summary>Whether the configuration asks for EventStoreDB at all.</summary>
    public static bool IsConfigured(IConfiguration configuration) =>
        !string.IsNullOrWhiteSpace(configuration["EventStore:ConnectionString"]) || configuration.GetSection("EventStore:Shards").GetChildren().Any();

    /// <summary>
    /// Reads <c>EventStore:ConnectionString</c> and <c>EventStore:Shards</c>. With shards and no connection string the
    /// shard of partition 0 is home. Throws <see cref="FormatException"/> that names the key.
    /// </summary>
    public static EventStoreDbClusters Open(
        IConfiguration configuration, int partitions, EventStoreDbOptions options, TimeProvider time, ILoggerFactory logs)
    {
        const string HomeName = "home";
        var log = logs.CreateLogger<EventStoreDbLog>();
        var shards = configuration.GetSection("EventStore:Shards").Get<List<ShardOptions>>() ?? [];
        var map = shards.Count > 0 ? ShardMap.Parse(shards, partitions) : null;
        if (shards.Any(s => s.Name == HomeName))
            throw new FormatException($"EventStore:Shards: '{HomeName}' is the name of EventStore:ConnectionString.");

        var all = new Dictionary<string, EventStoreDbLog>(StringComparer.Ordinal);
        for (var i = 0; i < shards.Count; i++)
            all[shards[i].Name] = Connect($"EventStore:Shards:{i}:ConnectionString", shards[i].ConnectionString);
        var home = configuration["EventStore:ConnectionString"];
        if (!string.IsNullOrWhiteSpace(home))
            all[HomeName] = Connect("EventStore:ConnectionString", home);
        return new EventStoreDbClusters(all, all.TryGetValue(HomeName, out var own) ? own : all[map!.ShardOf[0]], map);

        EventStoreDbLog Connect(string key, string connectionString)
        {
            try
            {
                return new EventStoreDbLog(connectionString, options, time, log);
            }
            catch (FormatException e)
            {
                throw new FormatException($"{key}: {e.Message}", e);
            }
        }
    }
}
