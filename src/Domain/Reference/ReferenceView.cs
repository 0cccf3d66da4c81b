using System.Text;

namespace Adclicks.Domain.Reference;

/// <summary>
/// The reference data as of one revision: a window on the history, not a copy. Look-ups by UTF-8 do not allocate.
/// </summary>
public readonly struct ReferenceView
{
    private const int StackBytes = 512;
    private readonly ReferenceHistory _history;

    internal ReferenceView(ReferenceHistory history, long revision)
    {
        _history = history;
        Revision = revision;
    }

    /// <summary>The revision it shows.</summary>
    public long Revision { get; }

    /// <summary>
    /// The last revision up to this one that changed a rule, −1 for none: views that agree on it have the same rules.
    /// </summary>
    public long RulesRevision => _history.LastRuleChange(Revision);

    /// <summary>The rules in force, by id.</summary>
    public IReadOnlyList<Rule> Rules => [.. All(ReferenceKind.Rule).Select(v => (Rule)v.Item!).OrderBy(r => r.Id, StringComparer.Ordinal)];

    /// <summary>An item, or null where there is none (any more).</summary>
    public ReferenceItem? Find(ReferenceKind kind, ReadOnlySpan<byte> idUtf8) => _history.Find(kind, idUtf8)?.AsOf(Revision);

    /// <inheritdoc cref="Find(ReferenceKind, ReadOnlySpan{byte})"/>
    public ReferenceItem? Find(ReferenceKind kind, string id) => FindVersion(kind, id)?.Item;

    /// <summary>The version of an item in force, be it its removal; null where it never was.</summary>
    public ItemVersion? FindVersion(ReferenceKind kind, string id)
    {
        var size = Encoding.UTF8.GetMaxByteCount(id.Length);
        Span<byte> utf8 = size <= StackBytes ? stackalloc byte[StackBytes] : new byte[size];
        return _history.Find(kind, utf8[..Encoding.UTF8.GetBytes(id, utf8)])?.LastAsOf(Revision);
    }

    /// <summary>The items of a kind that are there, in no order.</summary>
    public IEnumerable<ItemVersion> All(ReferenceKind kind)
    {
        var revision = Revision;
        return _history.All(kind).Select(v => v.LastAsOf(revision)).Where(v => v?.Item is not null).Select(v => v!.Value);
    }

    /// <summary>Where an ad belongs; <see cref="AdPlacement.Ad"/> is null where it is not registered.</summary>
    public AdPlacement Place(ReadOnlySpan<byte> adIdUtf8)
    {
        ItemVersions? campaigns = null, advertisers = null;
        if (_history.Find(ReferenceKind.Ad, adIdUtf8)?.AsOf(Revision, out campaigns) is not Ad ad) return default;
        var campaign = campaigns?.AsOf(Revision, out advertisers) as Campaign;
        return new AdPlacement
        {
            Ad = ad,
            Campaign = campaign,
            Advertiser = advertisers?.AsOf(Revision) as Advertiser,
            CampaignIdUtf8 = campaigns?.IdUtf8,
            AdvertiserIdUtf8 = advertisers?.IdUtf8,
        };
    }
}

/// <summary>An ad with what it belongs to, as of one revision.</summary>
public readonly ref struct AdPlacement
{
    /// <summary>The ad; null where it is not registered, and then all else is empty.</summary>
    public Ad? Ad { get; init; }

    /// <summary>Its campaign; null where only its id is known.</summary>
    public Campaign? Campaign { get; init; }

    /// <summary>The campaign's advertiser; null where only its id is known, or not even that.</summary>
    public Advertiser? Advertiser { get; init; }

    /// <summary>The id of the campaign.</summary>
    public ReadOnlySpan<byte> CampaignIdUtf8 { get; init; }

    /// <summary>The id of the advertiser; empty where the campaign is not registered.</summary>
    public ReadOnlySpan<byte> AdvertiserIdUtf8 { get; init; }
}
