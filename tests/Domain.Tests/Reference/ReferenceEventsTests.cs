using System.Text;
using Adclicks.Domain.Reference;

namespace Adclicks.Domain.Tests.Reference;

public sealed class ReferenceEventsTests
{
    public static TheoryData<ReferenceItem, string, string> Items => new()
    {
        { new Advertiser("v", "Acme", ["acme.test"]), "advertiser-defined", """{"name":"Acme","allowed_redirect_hosts":["acme.test"],"id":"v"}""" },
        { new Campaign("c", "v", "Spring"), "campaign-defined", """{"advertiser_id":"v","name":"Spring","id":"c"}""" },
        { new Ad("a", "c", "Banner", "https://acme.test/"), "ad-defined", """{"campaign_id":"c","name":"Banner","target_url":"https://acme.test/","id":"a"}""" },
        { new Publisher("p", "News"), "publisher-defined", """{"name":"News","id":"p"}""" },
        { new BlockedIpRange("r", "192.0.2.0/24", []), "rule-defined", """{"kind":"blocked_ip_range","range":"192.0.2.0/24","address_hashes":[],"id":"r"}""" },
        { new BadUserAgent("r", "bot|spider"), "rule-defined", """{"kind":"bad_user_agent","pattern":"bot|spider","id":"r"}""" },
        { new VelocityLimit("r", 5, 60, VelocityScope.Visitor), "rule-defined", """{"kind":"velocity","max_clicks":5,"window_seconds":60,"per":"visitor","id":"r"}""" },
    };

    [Theory]
    [MemberData(nameof(Items))]
    public void A_definition_carries_the_whole_state(ReferenceItem item, string type, string json)
    {
        var change = ReferenceChange.Define(item);
        Assert.Equal(type, ReferenceEvents.TypeOf(change));
        Assert.Equal(json, Encoding.UTF8.GetString(ReferenceEvents.ToJson(change)));
        var read = ReferenceEvents.Read(type, Encoding.UTF8.GetBytes(json));
        Assert.Equal(ReferenceEvents.ToJson(item), ReferenceEvents.ToJson(read!.Item!));
        Assert.Equal((item.ItemKind, item.Id), (read.Kind, read.Id));
    }

    [Fact]
    public void A_removal_carries_the_id()
    {
        var change = ReferenceChange.Remove(ReferenceKind.Ad, "a");
        Assert.Equal("ad-removed", ReferenceEvents.TypeOf(change));
        Assert.Equal("""{"id":"a"}""", Encoding.UTF8.GetString(ReferenceEvents.ToJson(change)));
        Assert.Equal(change, ReferenceEvents.Read("ad-removed", """{"id":"a","later":1}"""u8));
    }

    [Theory]
    [InlineData("log-created")]
    [InlineData("ad-painted")]
    [InlineData("ad")]
    [InlineData("advertisement-defined")]
    public void Other_types_are_no_change(string type) => Assert.Null(ReferenceEvents.Read(type, "{}"u8));

    [Theory]
    [InlineData("""{"name":"no id"}""")]
    [InlineData("""{"id":null,"name":""}""")]
    [InlineData("null")]
    [InlineData("")]
    public void A_payload_that_is_not_what_its_type_says_is_refused(string json) =>
        Assert.Throws<FormatException>(() => ReferenceEvents.Read("publisher-defined", Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("""{"kind":"telepathy","id":"r"}""")]
    [InlineData("""{"id":"r"}""")]
    public void A_rule_of_a_kind_unknown_here_is_refused(string json) =>
        Assert.Throws<FormatException>(() => ReferenceEvents.Read("rule-defined", Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Settings_of_the_log_survive_the_way_through_it() =>
        Assert.Equal(new LogSettings(64), ReferenceEvents.ReadLogSettings(ReferenceEvents.ToJson(new LogSettings(64))));
}
