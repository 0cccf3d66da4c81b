using Adclicks.Domain.Clicks;
using Adclicks.Domain.InvalidTraffic;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Rollups;
using Adclicks.Projections.Aggregation;
using Adclicks.Projections.Generations;

namespace Adclicks.Projections.Engine;

/// <summary>
/// <see cref="ClickJoin"/> for a lane: what an ad or a publisher came to is kept by its number there, for as long as
/// clicks are of the same revision of the reference data. Most clicks then cost a look into an array.
/// </summary>
internal sealed class LaneJoin(ReferenceHistory history, GenerationRules rules, LaneBuffer buffer)
{
    /// <summary>The dimensions it sets.</summary>
    public static readonly Dimension[] Joined = [Dimension.Ad, Dimension.Campaign, Dimension.Advertiser, Dimension.Publisher];

    /// <summary>In place of a number: the one the click itself says.</summary>
    private const int AsItCame = -1;
    private const int MaxRuleSets = 16;

    private PlacedAd[] _ads = [];
    private KnownPublisher[] _publishers = [];
    private int _forgotten;
    private readonly Dictionary<long, RuleSet> _rules = [];
    private ReferenceView _reference;

    /// <summary>The rules in force.</summary>
    public RuleSet Rules { get; private set; } = new([]);

    /// <summary>Clicks since the last flush on ads that were not registered.</summary>
    public long UnregisteredAds { get; private set; }

    /// <summary>Clicks since the last flush that named a publisher who was not registered.</summary>
    public long UnregisteredPublishers { get; private set; }

    /// <summary>The clicks that follow were recorded with this revision.</summary>
    /// <exception cref="InvalidOperationException">It is not applied yet.</exception>
    public void At(long revision)
    {
        _reference = history.AsOf(rules.RevisionFor(revision));
        Rules = RulesOf(_reference);
        if (_forgotten == buffer.TimesForgotten) return;
        _forgotten = buffer.TimesForgotten;
        Array.Clear(_ads);
        Array.Clear(_publishers);
    }

    /// <summary>Sets the numbers of ad, campaign, advertiser and publisher.</summary>
    public void SetValues(ref DimensionValues values, in ClickView click)
    {
        var ad = values[(int)Dimension.Ad] = Number(Dimension.Ad, click.AdId);
        var placed = Place(ad, click);
        values[(int)Dimension.Campaign] = placed.Campaign == AsItCame ? Number(Dimension.Campaign, click.CampaignId) : placed.Campaign;
        values[(int)Dimension.Advertiser] = placed.Advertiser == AsItCame ? Number(Dimension.Advertiser, click.AdvertiserId) : placed.Advertiser;
        var publisher = values[(int)Dimension.Publisher] = Number(Dimension.Publisher, click.PublisherId);
        if (placed.Campaign == AsItCame) UnregisteredAds++;
        if (!IsKnown(publisher, click)) UnregisteredPublishers++;
    }

    /// <summary>Counts begin anew.</summary>
    public void Flushed() => UnregisteredAds = UnregisteredPublishers = 0;

    /// <summary>Kept, because partitions that are not at the same point take turns.</summary>
    private RuleSet RulesOf(ReferenceView reference)
    {
        var revision = reference.RulesRevision;
        if (_rules.TryGetValue(revision, out var known)) return known;
        if (_rules.Count >= MaxRuleSets) _rules.Clear();
        return _rules[revision] = new RuleSet(reference.Rules);
    }

    private PlacedAd Place(int number, in ClickView click)
    {
        ref var entry = ref Entry(ref _ads, number);
        if (entry.Stamp == Stamp) return entry;
        var join = new ClickJoin(click, _reference);
        return entry = new PlacedAd(
            Stamp,
            join.IsAdRegistered ? Number(Dimension.Campaign, join.CampaignId) : AsItCame,
            join.IsAdvertiserRegistered ? Number(Dimension.Advertiser, join.AdvertiserId) : AsItCame);
    }

    private bool IsKnown(int number, in ClickView click)
    {
        ref var entry = ref Entry(ref _publishers, number);
        if (entry.Stamp != Stamp) entry = new KnownPublisher(Stamp, new ClickJoin(click, _reference).IsPublisherRegistered);
        return entry.IsKnown;
    }

    private int Number(Dimension dimension, ReadOnlySpan<byte> utf8) => buffer.Dictionaries[(int)dimension].Intern(utf8);

    /// <summary>Never that of an entry nobody has set.</summary>
    private long Stamp => Math.Max(_reference.Revision, -1) + 2;

    private static ref T Entry<T>(ref T[] entries, int number)
    {
        if (number >= entries.Length) Array.Resize(ref entries, Math.Max(64, (number + 1) * 2));
        return ref entries[number];
    }

    private readonly record struct PlacedAd(long Stamp, int Campaign, int Advertiser);

    private readonly record struct KnownPublisher(long Stamp, bool IsKnown);
}
