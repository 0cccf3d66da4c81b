using System.Net;
using System.Security.Cryptography;
using System.Text;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.InvalidTraffic;
using Adclicks.Domain.Reference;
using CsCheck;

namespace Adclicks.Domain.Tests.InvalidTraffic;

public sealed class RuleSetTests
{
    private static readonly Gen<string> GenRange = Gen.OneOf(
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 24], (n, length) => Network(IPAddress.Parse($"10.{n * 64}.{n}.0"), length)),
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 48], (n, length) => Network(IPAddress.Parse($"2001:db8:{n}::"), length)),
        Gen.Int[25, 32].Select(length => Network(IPAddress.Parse("10.64.1.200"), length)),
        Gen.Int[121, 128].Select(length => Network(IPAddress.Parse("2001:db8:1::99"), length)));

    private static readonly Gen<IPAddress> GenAddress = Gen.OneOf(
        Gen.Select(Gen.Int[0, 3], Gen.Byte, (n, host) => IPAddress.Parse($"10.{n * 64}.{n}.{host}")),
        Gen.Select(Gen.Int[0, 3], Gen.Byte, (n, host) => IPAddress.Parse($"2001:db8:{n}::{host:x}")));

    [Fact]
    public void A_click_is_marked_exactly_where_its_address_is_in_a_range() =>
        Gen.Select(GenRange.Array[0, 6], GenAddress).Sample((ranges, address) =>
        {
            var rules = new RuleSet([.. ranges.Select((r, i) => Blocked($"r{i}", r))]);
            var mark = Click(address).Mark(rules);
            var matching = ranges.Select((r, i) => (Range: IPNetwork.Parse(r), Mark: $"rule:r{i}")).Where(r => r.Range.Contains(address)).ToList();
            return matching.Count == 0 ? mark is null : matching.Any(r => r.Mark == mark);
        });

    [Fact]
    public void Of_several_ranges_the_narrowest_marks()
    {
        var rules = new RuleSet([Blocked("wide", "10.0.0.0/8"), Blocked("middle", "10.64.1.0/24"), Blocked("narrow", "10.64.1.4/32")]);
        Assert.Equal("rule:narrow", Click(IPAddress.Parse("10.64.1.4")).Mark(rules));
        Assert.Equal("rule:middle", Click(IPAddress.Parse("10.64.1.5")).Mark(rules));
        Assert.Equal("rule:wide", Click(IPAddress.Parse("10.64.2.4")).Mark(rules));
        Assert.Null(Click(IPAddress.Parse("11.64.2.4")).Mark(rules));
    }

    [Theory]
    [InlineData("curl/8.5.0", "rule:scripts")]
    [InlineData("Mozilla/5.0 CURL/8", "rule:scripts")]
    [InlineData("Mozilla/5.0 (compatible)", "rule:moz")]
    [InlineData("Opera", null)]
    [InlineData("", null)]
    public void A_user_agent_is_marked_by_the_first_pattern_that_matches(string userAgent, string? mark)
    {
        var rules = new RuleSet([new BadUserAgent("broken", "("), new BadUserAgent("moz", "^mozilla/5.0 \\(comp"), new BadUserAgent("scripts", "curl/")]);
        for (var i = 0; i < 2; i++) Assert.Equal(mark, new ClickJudge(new DedupOptions()).Judge(new ClickView { UserAgent = Encoding.UTF8.GetBytes(userAgent) }, rules).Mark);
    }

    [Fact]
    public void Rules_are_asked_in_one_order_and_duplicates_are_not_marked()
    {
        var judge = new ClickJudge(new DedupOptions());
        var rules = new RuleSet([new BadUserAgent("agent", "bot"), new VelocityLimit("fast", 2, 60, VelocityScope.Ip), Blocked("range", "10.0.0.0/8")]);
        Assert.Equal("marked:rule:range", Judge(1, [10, 0, 0], "a bot", "Googlebot"));
        Assert.Equal("duplicate:visitor", Judge(1, [10, 0, 0], "a bot", "Googlebot"));
        Assert.Equal("marked:crawler", Judge(2, [11, 0, 0], "a bot", "Googlebot"));
        Assert.Equal("marked:rule:agent", Judge(3, [11, 0, 0], "a bot", "", "rate_limited"));
        Assert.Equal("marked:rate_limited", Judge(4, [11, 0, 0], "a browser", "", "rate_limited"));
        Assert.Equal("marked:rule:fast", Judge(5, [11, 0, 0], "a browser", ""));
        Assert.Equal("counted", Judge(6, [11, 0, 0], "a browser", "", ip: 7));

        string Judge(byte visitor, byte[] prefix, string userAgent, string crawler, string ingestMark = "", byte ip = 6) => judge.Judge(
            new ClickView
            {
                EventId = Guid.NewGuid().ToByteArray(), AdId = "a"u8, VisitorHash = new byte[] { visitor }, IpPrefix = prefix, IpHash = new byte[] { ip },
                UserAgent = Encoding.UTF8.GetBytes(userAgent), Crawler = Encoding.UTF8.GetBytes(crawler), IngestMark = Encoding.UTF8.GetBytes(ingestMark),
            },
            rules).Name;
    }

    private static BlockedIpRange Blocked(string id, string range)
    {
        Assert.True(AddressRange.TryParse(range, out var network, out _));
        return new(id, range, AddressRange.IsToldByPrefix(network) ? [] : [.. AddressRange.Addresses(network).Select(a => Convert.ToHexStringLower(Hash(a)))]);
    }

    private static byte[] Hash(IPAddress address) => SHA256.HashData(address.GetAddressBytes())[..16];

    private static Marker Click(IPAddress address) => new(address);

    private static string Network(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < bytes.Length * 8; bit++) bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return $"{new IPAddress(bytes)}/{length}";
    }

    private readonly record struct Marker(IPAddress Address)
    {
        public string? Mark(RuleSet rules)
        {
            var bytes = Address.GetAddressBytes();
            return new ClickJudge(new DedupOptions()).Judge(new ClickView { IpPrefix = bytes.AsSpan(0, bytes.Length == 4 ? 3 : 6), IpHash = Hash(Address) }, rules).Mark;
        }
    }
}
