using Adclicks.EventStore;
using Adclicks.Projections.Aggregation;
using Adclicks.Projections.Storage;

namespace Adclicks.Projections.Engine;

/// <summary>All that a lane holds in memory: as its tables have it, plus what is not flushed yet.</summary>
internal sealed class LaneState(int lane, IReadOnlyDictionary<int, PartitionState> partitions, LaneBuffer buffer)
{
    public int Lane { get; } = lane;

    public IReadOnlyDictionary<int, PartitionState> Partitions { get; } = partitions;

    public LaneBuffer Buffer { get; } = buffer;

    public RunCatalog Runs { get; } = new();

    public SettlingSpans Settling { get; } = new();

    public List<DeadLetter> DeadLetters { get; } = [];

    /// <summary>Dead letters that have been applied after all.</summary>
    public List<RecordedEvent> Retried { get; } = [];

    public bool IsDirty => DeadLetters.Count > 0 || Retried.Count > 0 || Partitions.Values.Any(p => p.IsDirty);

    public bool IsCaughtUp => Partitions.Values.All(p => p.IsCaughtUp);

    public void Flushed()
    {
        foreach (var partition in Partitions.Values) partition.Flushed();
        DeadLetters.Clear();
        Retried.Clear();
        Buffer.Flushed();
    }
}
