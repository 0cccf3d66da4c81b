using Adclicks.Domain.Reference;

namespace Adclicks.Domain.Tests.Reference;

public sealed class AddressRangeTests
{
    [Theory]
    [InlineData("203.0.113.0/24", true, 0)]
    [InlineData("10.0.0.0/8", true, 0)]
    [InlineData("2001:db8::/48", true, 0)]
    [InlineData("203.0.113.128/25", false, 128)]
    [InlineData("203.0.113.7/32", false, 1)]
    [InlineData("203.0.113.7", false, 1)]
    [InlineData("2001:db8::1/128", false, 1)]
    [InlineData("2001:db8::80/121", false, 128)]
    public void A_range_is_told_by_the_prefix_or_by_its_addresses(string text, bool byPrefix, int addresses)
    {
        Assert.True(AddressRange.TryParse(text, out var range, out _));
        Assert.Equal(byPrefix, AddressRange.IsToldByPrefix(range));
        if (byPrefix) return;
        var all = AddressRange.Addresses(range).ToList();
        Assert.Equal(addresses, all.Distinct().Count());
        Assert.All(all, address => Assert.True(range.Contains(address)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("somewhere")]
    [InlineData("203.0.113.7/24")]
    [InlineData("203.0.113.0/33")]
    [InlineData("2001:db8::/64")]
    [InlineData("2001:db8::/120")]
    [InlineData("::ffff:203.0.113.0/120")]
    [InlineData("::ffff:203.0.113.7")]
    public void Other_ranges_are_refused(string? text) => Assert.False(AddressRange.TryParse(text, out _, out _));
}
