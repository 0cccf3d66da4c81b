using Adclicks.Domain.Clicks;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.InvalidTraffic;
using Adclicks.Domain.Reference;

namespace Adclicks.Domain.Billing;

/// <summary>
/// Judges the events of one partition, from its first on, by the rules alone: no read model, no database and no clock have a part in
/// it. For one thread.
/// </summary>
public sealed class PartitionReplay(int partition, DedupOptions dedup, ReferenceHistory reference)
{
    private const int MaxRuleSets = 16;
    private readonly ClickJudge _judge = new(dedup);
    private readonly Dictionary<long, RuleSet> _rules = [];

    /// <summary>The last revision applied; −1 for none.</summary>
    public long Revision { get; private set; } = -1;

    /// <summary>Clicks so far.</summary>
    public long Clicks { get; private set; }

    /// <summary>Applies the event at a revision. False for one that holds no clicks or cannot be read: nothing of it is counted.</summary>
    /// <param name="revision">Higher than the last.</param>
    /// <param name="type">The event's.</param>
    /// <param name="data">Its payload.</param>
    /// <param name="metadata">Its metadata.</param>
    /// <param name="referenceThrough">Later revisions of the reference data cannot have been known; at most what is applied.</param>
    /// <param name="sink">Gets the clicks.</param>
    public bool Apply(long revision, string type, ReadOnlySpan<byte> data, ReadOnlySpan<byte> metadata, long referenceThrough, IJudgedClicks sink)
    {
        Revision = revision;
        if (type != ClicksRecorded.EventType || ReferenceOf(data, metadata) is not { } recorded || recorded > referenceThrough) return false;
        var view = reference.AsOf(Math.Max(recorded, -1));
        var rules = RulesOf(view);
        var index = 0;
        foreach (var click in ClicksRecorded.Read(data))
        {
            var join = new ClickJoin(click, view);
            sink.Add(new JudgedClick
            {
                Partition = partition,
                Revision = revision,
                Index = index++,
                Click = click,
                CampaignId = join.CampaignId,
                AdvertiserId = join.AdvertiserId,
                Verdict = _judge.Judge(click, rules),
                ReferenceRevision = recorded,
            });
        }

        Clicks += index;
        return true;
    }

    private static long? ReferenceOf(ReadOnlySpan<byte> data, ReadOnlySpan<byte> metadata)
    {
        try
        {
            ClicksRecorded.Validate(data);
            return ClicksRecordedMetadata.ReadReferenceRevision(metadata);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private RuleSet RulesOf(ReferenceView view)
    {
        var revision = view.RulesRevision;
        if (_rules.TryGetValue(revision, out var known)) return known;
        if (_rules.Count >= MaxRuleSets) _rules.Clear();
        return _rules[revision] = new RuleSet(view.Rules);
    }
}
