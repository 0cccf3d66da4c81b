using System.Text;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Reference;

namespace Adclicks.Domain.Tests.Reference;

public sealed class ClickJoinTests
{
    private readonly ReferenceHistory _history = new();

    public ClickJoinTests()
    {
        ReferenceChange[] log =
        [
            ReferenceChange.Define(new Advertiser("v", "", [])),
            ReferenceChange.Define(new Campaign("c", "v", "")),
            ReferenceChange.Define(new Ad("a", "c", "", "")),
            ReferenceChange.Define(new Publisher("p", "")),
            ReferenceChange.Define(new Advertiser("v2", "", [])),
            ReferenceChange.Define(new Campaign("c", "v2", "")),
            ReferenceChange.Define(new Ad("a", "elsewhere", "", "")),
            ReferenceChange.Remove(ReferenceKind.Ad, "a"),
            ReferenceChange.Remove(ReferenceKind.Publisher, "p"),
        ];
        for (var i = 0; i < log.Length; i++) _history.Apply(i, log[i]);
    }

    [Theory]
    [InlineData(-1, "said-c", "said-v", false, false)]
    [InlineData(2, "c", "v", true, false)]
    [InlineData(3, "c", "v", true, true)]
    [InlineData(5, "c", "v2", true, true)]
    [InlineData(6, "elsewhere", "said-v", true, true)]
    [InlineData(7, "said-c", "said-v", false, true)]
    [InlineData(8, "said-c", "said-v", false, false)]
    public void A_click_counts_where_its_ad_belonged_when_it_was_recorded(
        long revision, string campaign, string advertiser, bool adRegistered, bool publisherRegistered)
    {
        var click = Click("a", "p");
        var join = new ClickJoin(click, _history.AsOf(revision));
        Assert.Equal((campaign, advertiser), (Encoding.UTF8.GetString(join.CampaignId), Encoding.UTF8.GetString(join.AdvertiserId)));
        Assert.Equal((adRegistered, publisherRegistered), (join.IsAdRegistered, join.IsPublisherRegistered));
    }

    [Fact]
    public void A_click_without_a_publisher_lacks_none() =>
        Assert.True(new ClickJoin(Click("a", ""), _history.AsOf(8)).IsPublisherRegistered);

    private static ClickView Click(string ad, string publisher) => new()
    {
        AdId = Encoding.UTF8.GetBytes(ad),
        CampaignId = "said-c"u8,
        AdvertiserId = "said-v"u8,
        PublisherId = Encoding.UTF8.GetBytes(publisher),
    };
}
