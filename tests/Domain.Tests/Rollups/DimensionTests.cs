using Adclicks.Domain.Rollups;

namespace Adclicks.Domain.Tests.Rollups;

public sealed class DimensionTests
{
    [Fact]
    public void There_are_ten_and_each_is_found_by_its_name()
    {
        Assert.Equal(10, Dimensions.All.Count);
        foreach (var dimension in Dimensions.All)
        {
            Assert.True(Dimensions.TryParse(dimension.Name(), out var found));
            Assert.Equal(dimension, found);
        }
    }

    [Theory]
    [InlineData("geo_country", Dimension.Country)]
    [InlineData("geo_region", Dimension.Region)]
    [InlineData("geo_city", Dimension.City)]
    public void Places_go_by_the_names_of_the_click_fields_too(string name, Dimension dimension)
    {
        Assert.True(Dimensions.TryParse(name, out var found));
        Assert.Equal(dimension, found);
    }

    [Theory]
    [InlineData("")]
    [InlineData("geo_")]
    [InlineData("geo_os")]
    [InlineData("geo_ad_id")]
    [InlineData("geo_geo_city")]
    [InlineData("Ad_Id")]
    [InlineData("ad")]
    public void Other_names_are_none(string name) => Assert.False(Dimensions.TryParse(name, out _));
}
