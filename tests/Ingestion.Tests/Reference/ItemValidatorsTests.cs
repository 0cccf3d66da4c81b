using System.Text.Json;

namespace Adclicks.Ingestion.Tests.Reference;

public sealed class ItemValidatorsTests(ItemValidatorsTests.Fixture fixture) : IClassFixture<ItemValidatorsTests.Fixture>
{
    private static readonly string _long = new('x', 2000);

    public static TheoryData<string, string, string> Invalid => new()
    {
        { "advertisers", """{"allowed_redirect_hosts":["com"]}""", "allowed_redirect_hosts" },
        { "advertisers", """{"allowed_redirect_hosts":"acme.test"}""", "allowed_redirect_hosts" },
        { "advertisers", """{"allowed_redirect_hosts":[null]}""", "allowed_redirect_hosts" },
        { "advertisers", """{"name":"a\u0000b"}""", "name" },
        { "advertisers", $$"""{"name":"{{_long}}"}""", "name" },
        { "advertisers", """{"name":7}""", "name" },
        { "advertisers", """{"nmae":"typo"}""", "nmae" },
        { "advertisers", """{"id":"other"}""", "id" },
        { "campaigns", "{}", "advertiser_id" },
        { "ads", """{"target_url":"javascript:alert(1)","campaign_id":"c"}""", "target_url" },
        { "ads", """{"target_url":"https://user@shop.test/","campaign_id":"c"}""", "target_url" },
        { "ads", """{"campaign_id":"\u0007"}""", "campaign_id" },
        { "rules", "{}", "kind" },
        { "rules", """{"kind":"telepathy"}""", "kind" },
        { "rules", """{"kind":"blocked_ip_range"}""", "range" },
        { "rules", """{"kind":"blocked_ip_range","range":"203.0.113.7/24"}""", "range" },
        { "rules", """{"kind":"blocked_ip_range","range":"203.0.113.7/32"}""", "range" },
        { "rules", """{"kind":"blocked_ip_range","range":"10.0.0.0/8","pattern":"x"}""", "pattern" },
        { "rules", """{"kind":"bad_user_agent","pattern":"("}""", "pattern" },
        { "rules", """{"kind":"bad_user_agent","pattern":"(a)\\1"}""", "pattern" },
        { "rules", """{"kind":"bad_user_agent","pattern":".*"}""", "pattern" },
        { "rules", """{"kind":"velocity","max_clicks":0,"window_seconds":60,"per":"ip"}""", "max_clicks" },
        { "rules", """{"kind":"velocity","max_clicks":5,"window_seconds":99999,"per":"ip"}""", "window_seconds" },
        { "rules", """{"kind":"velocity","max_clicks":5,"window_seconds":60,"per":"moon"}""", "per" },
        { "rules", """{"kind":"velocity","max_clicks":5.5,"window_seconds":60,"per":"ip"}""", "max_clicks" },
        { "publishers", "", "" },
        { "publishers", "null", "" },
        { "publishers", "[]", "" },
        { "publishers", "nonsense", "" },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public async Task A_body_that_is_not_right_is_400_naming_the_field(string collection, string json, string field)
    {
        var errors = await ReferenceCommandsTests.ErrorsAsync(await fixture.Server.PutAsync($"/reference/{collection}/x", json));
        using var document = JsonDocument.Parse(errors);
        Assert.Contains(document.RootElement.EnumerateObject(), e => e.Name == field || e.Name == field + "[0]");
        Assert.Equal(0, fixture.Server.Feed.AppliedRevision);
    }

    public sealed class Fixture : IAsyncLifetime
    {
        internal ReferenceServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await ReferenceServer.StartAsync();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
