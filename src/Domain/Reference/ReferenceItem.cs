using System.Text.Json.Serialization;

namespace Adclicks.Domain.Reference;

/// <summary>The state of one item of reference data. Its limits are those of <see cref="ReferenceLimits"/>.</summary>
/// <param name="Id">Unique among the items of its kind; compared byte by byte.</param>
public abstract record ReferenceItem(string Id)
{
    /// <summary>What it is.</summary>
    [JsonIgnore]
    public ReferenceKind ItemKind => this switch
    {
        Advertiser => ReferenceKind.Advertiser,
        Campaign => ReferenceKind.Campaign,
        Ad => ReferenceKind.Ad,
        Publisher => ReferenceKind.Publisher,
        Rule => ReferenceKind.Rule,
        _ => throw new InvalidOperationException($"{GetType()} is no reference item."),
    };

    /// <summary>The item it belongs to, which must be there when this one is defined; null for none.</summary>
    [JsonIgnore]
    public (ReferenceKind Kind, string Id)? Parent => this switch
    {
        Campaign campaign => (ReferenceKind.Advertiser, campaign.AdvertiserId),
        Ad ad => (ReferenceKind.Campaign, ad.CampaignId),
        _ => null,
    };
}

/// <summary>Who pays for clicks.</summary>
/// <param name="Id">See <see cref="ReferenceItem"/>.</param>
/// <param name="Name">For people.</param>
/// <param name="AllowedRedirectHosts">Hosts that a click on its ads may be sent to, each with its subdomains.</param>
public sealed record Advertiser(string Id, string Name, IReadOnlyList<string> AllowedRedirectHosts) : ReferenceItem(Id);

/// <summary>A set of ads of one advertiser.</summary>
/// <param name="Id">See <see cref="ReferenceItem"/>.</param>
/// <param name="AdvertiserId">Whose it is.</param>
/// <param name="Name">For people.</param>
public sealed record Campaign(string Id, string AdvertiserId, string Name) : ReferenceItem(Id);

/// <summary>What is clicked.</summary>
/// <param name="Id">See <see cref="ReferenceItem"/>.</param>
/// <param name="CampaignId">Where it belongs.</param>
/// <param name="Name">For people.</param>
/// <param name="TargetUrl">
/// Where a click on it leads: http or https. May hold the macros <c>{click_id}</c>, <c>{ad_id}</c>,
/// <c>{campaign_id}</c> and <c>{publisher_id}</c> after the host. Empty for an ad that leads nowhere (a pixel).
/// </param>
public sealed record Ad(string Id, string CampaignId, string Name, string TargetUrl) : ReferenceItem(Id);

/// <summary>Who shows ads and is paid for clicks.</summary>
/// <param name="Id">See <see cref="ReferenceItem"/>.</param>
/// <param name="Name">For people.</param>
public sealed record Publisher(string Id, string Name) : ReferenceItem(Id);
