using Adclicks.Domain.Dedup;
using Adclicks.Projections.Diagnostics;

namespace Adclicks.Projections.Engine;

/// <summary>Where a lane is in one of its partitions.</summary>
internal sealed class PartitionState(int partition, string stream, ClickJudge judge)
{
    public int Partition { get; } = partition;

    public string Stream { get; } = stream;

    public ClickJudge Judge { get; } = judge;

    /// <summary>How far it is, for others to see.</summary>
    public PartitionFreshness Freshness { get; } = new(partition);

    /// <summary>The last revision applied to the buffer; −1 for none.</summary>
    public long Revision { get; set; } = -1;

    /// <summary>The last revision whose effects are stored.</summary>
    public long StoredRevision { get; set; } = -1;

    /// <summary>The subscription has delivered all there was.</summary>
    public bool IsCaughtUp { get; set; }

    /// <summary>Clicks applied since the last flush.</summary>
    public long Clicks { get; set; }

    /// <summary>Events of unknown type skipped since the last flush.</summary>
    public long UnknownEvents { get; set; }

    /// <summary>A retried dead letter adds clicks and no revision.</summary>
    public bool IsDirty => Revision != StoredRevision || Clicks > 0;

    public void Flushed()
    {
        StoredRevision = Revision;
        Freshness.Stored();
        Clicks = UnknownEvents = 0;
    }
}
