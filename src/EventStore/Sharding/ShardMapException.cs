namespace Adclicks.EventStore.Sharding;

/// <summary>The configured shards contradict those that the log was written with: the clicks would go, or be sought, elsewhere.</summary>
public sealed class ShardMapException(string message) : Exception(message);
