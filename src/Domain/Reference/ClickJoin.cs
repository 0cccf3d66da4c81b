using Adclicks.Domain.Clicks;

namespace Adclicks.Domain.Reference;

/// <summary>
/// The ids a click is counted under. Where its ad is registered, campaign and advertiser are the ad's, whatever the click
/// says; ids that nobody registered are kept as they came. Valid as long as the click's bytes.
/// </summary>
public readonly ref struct ClickJoin
{
    /// <summary>Joins a click with the reference data as of the revision it was recorded with.</summary>
    public ClickJoin(in ClickView click, ReferenceView reference)
    {
        var placement = reference.Place(click.AdId);
        IsAdRegistered = placement.Ad is not null;
        IsPublisherRegistered = click.PublisherId.IsEmpty || reference.Find(ReferenceKind.Publisher, click.PublisherId) is not null;
        CampaignId = IsAdRegistered ? placement.CampaignIdUtf8 : click.CampaignId;
        IsAdvertiserRegistered = !placement.AdvertiserIdUtf8.IsEmpty;
        AdvertiserId = IsAdvertiserRegistered ? placement.AdvertiserIdUtf8 : click.AdvertiserId;
    }

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> CampaignId { get; }

    /// <summary>UTF-8; the click's own where the ad's campaign is not registered.</summary>
    public ReadOnlySpan<byte> AdvertiserId { get; }

    /// <summary>Whether the ad is known.</summary>
    public bool IsAdRegistered { get; }

    /// <summary>Whether the advertiser is that of the ad's campaign.</summary>
    public bool IsAdvertiserRegistered { get; }

    /// <summary>Whether the publisher is known, or none is named.</summary>
    public bool IsPublisherRegistered { get; }
}
