namespace Adclicks.Domain.Clicks;

/// <summary>The field numbers of <c>Click</c> in <c>clicks_recorded.proto</c>. A number is never reused.</summary>
internal enum ClickField
{
    EventId = 1,
    ClickedAtMs = 2,
    ServerTimestampMs = 3,
    AdId = 4,
    CampaignId = 5,
    AdvertiserId = 6,
    PublisherId = 7,
    VisitorHash = 8,
    IpHash = 9,
    Country = 10,
    Region = 11,
    City = 12,
    DeviceType = 13,
    Os = 14,
    Browser = 15,
    TimestampMs = 16,
    UserAgent = 17,
    ClickUrl = 18,
    ReferrerUrl = 19,
    ImpressionId = 20,
    IpPrefix = 21,
    Crawler = 22,
    Source = 23,
    AdditionalParams = 24,
    Sealed = 25,
    SealedDay = 26,
    IngestMark = 27,
}
