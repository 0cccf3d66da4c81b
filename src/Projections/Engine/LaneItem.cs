using Adclicks.EventStore;

namespace Adclicks.Projections.Engine;

/// <summary>What a partition's subscription tells its lane.</summary>
internal readonly record struct LaneItem(PartitionState Partition, SubscriptionMessage Message);
