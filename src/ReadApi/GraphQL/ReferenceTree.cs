using Adclicks.Domain.Reference;
using Adclicks.Domain.Rollups;
using Adclicks.EventStore.Reference;
using Adclicks.ReadApi.Queries;

namespace Adclicks.ReadApi.GraphQL;

/// <summary>
/// The reference data of now by what belongs to what, as much of it as a caller may see: an advertiser the own items, a
/// publisher the own one. What belongs to an item that may be seen may be seen too.
/// </summary>
internal sealed class ReferenceTree(ReferenceFeed feed)
{
    private Snapshot? _snapshot;

    /// <summary>The items of a kind, by id.</summary>
    public IEnumerable<ReferenceItem> Visible(ReferenceKind kind, ReportScope scope)
    {
        var snapshot = Current();
        if (scope.Filter is not { } own) return snapshot.All[kind];
        var id = own.Values[0];
        return (own.Dimension, kind) switch
        {
            (Dimension.Advertiser, ReferenceKind.Campaign) => Campaigns(id),
            (Dimension.Advertiser, ReferenceKind.Ad) => Campaigns(id).SelectMany(campaign => Ads(campaign.Id)).OrderBy(ad => ad.Id, StringComparer.Ordinal),
            (Dimension.Advertiser, ReferenceKind.Advertiser) or (Dimension.Publisher, ReferenceKind.Publisher) =>
                Find(kind, id) is { } item ? [item] : [],
            _ => [],
        };
    }

    /// <summary>An item, whoever may see it; null where there is none.</summary>
    public ReferenceItem? Find(ReferenceKind kind, string id) => feed.History.Current.Find(kind, id);

    /// <summary>The campaigns of an advertiser, by id.</summary>
    public IEnumerable<ReferenceItem> Campaigns(string advertiserId) => Current().Children[(ReferenceKind.Advertiser, advertiserId)];

    /// <summary>The ads of a campaign, by id.</summary>
    public IEnumerable<ReferenceItem> Ads(string campaignId) => Current().Children[(ReferenceKind.Campaign, campaignId)];

    private Snapshot Current()
    {
        var view = feed.History.Current;
        if (_snapshot is { } known && known.Revision == view.Revision) return known;
        var all = Enum.GetValues<ReferenceKind>().ToDictionary(
            kind => kind, kind => view.All(kind).Select(version => version.Item!).OrderBy(item => item.Id, StringComparer.Ordinal).ToArray());
        var children = all.Values.SelectMany(items => items).Where(item => item.Parent is not null).ToLookup(item => item.Parent!.Value);
        return _snapshot = new Snapshot(view.Revision, all, children);
    }

    private sealed record Snapshot(
        long Revision, Dictionary<ReferenceKind, ReferenceItem[]> All, ILookup<(ReferenceKind Kind, string Id), ReferenceItem> Children);
}
