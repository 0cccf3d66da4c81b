using Adclicks.Domain.Redirects;
using Adclicks.Domain.Reference;

namespace Adclicks.Domain.Tests.Redirects;

public sealed class RedirectPolicyTests
{
    private const string Target = "https://shop.test/landing?c={click_id}";
    private const string Registered = "https://shop.test/landing?c=click%2F1";
    private static readonly TargetMacros Macros = new("click/1", "a", "c", "p");

    [Theory]
    [InlineData(null, Registered)]
    [InlineData("", Registered)]
    [InlineData(Target, Registered)]
    [InlineData("https://friend.test/x?p={publisher_id}", "https://friend.test/x?p=p")]
    [InlineData("https://deep.sub.friend.test/", "https://deep.sub.friend.test/")]
    [InlineData("http://FRIEND.test:8080/", "http://friend.test:8080/")]
    [InlineData("https://192.0.2.7/", "https://192.0.2.7/")]
    public void A_registered_or_allowed_target_is_followed(string? requested, string location) =>
        Assert.Equal(new RedirectDecision(location, RedirectRefusal.None), Decide(requested));

    [Theory]
    [InlineData("https://evil.test/", RedirectRefusal.TargetNotAllowed)]
    [InlineData("https://shop.test/elsewhere", RedirectRefusal.TargetNotAllowed)]
    [InlineData("https://notfriend.test/", RedirectRefusal.TargetNotAllowed)]
    [InlineData("https://friend.test.evil.test/", RedirectRefusal.TargetNotAllowed)]
    [InlineData("https://evil.test/friend.test", RedirectRefusal.TargetNotAllowed)]
    [InlineData("https://evil.test/?friend.test", RedirectRefusal.TargetNotAllowed)]
    [InlineData("https://evil.test/#.friend.test", RedirectRefusal.TargetNotAllowed)]
    [InlineData("https://x.192.0.2.7/", RedirectRefusal.TargetNotAllowed)]
    [InlineData("https://friend.test@evil.test/", RedirectRefusal.TargetMalformed)]
    [InlineData("https://evil.test\\.friend.test/", RedirectRefusal.TargetMalformed)]
    [InlineData("//friend.test/", RedirectRefusal.TargetMalformed)]
    [InlineData("javascript:alert(document.domain)//friend.test", RedirectRefusal.TargetMalformed)]
    [InlineData("https://friend.test/\r\nX: y", RedirectRefusal.TargetMalformed)]
    public void Anything_else_is_sent_to_the_registered_target_uncounted(string requested, RedirectRefusal refusal) =>
        Assert.Equal(new RedirectDecision(Registered, refusal), Decide(requested));

    [Fact]
    public void A_valid_signature_opens_any_web_url_and_nothing_but_one()
    {
        Assert.Equal(new("https://anywhere.test/?a=a", RedirectRefusal.None), Decide("https://anywhere.test/?a={ad_id}", SignatureCheck.Valid));
        Assert.Equal(new(Registered, RedirectRefusal.TargetMalformed), Decide("javascript:alert(1)", SignatureCheck.Valid));
    }

    [Theory]
    [InlineData(SignatureCheck.Invalid, RedirectRefusal.BadSignature)]
    [InlineData(SignatureCheck.Expired, RedirectRefusal.ExpiredSignature)]
    public void A_bad_signature_does_not_even_open_an_allowed_host(SignatureCheck signature, RedirectRefusal refusal) =>
        Assert.Equal(new RedirectDecision(Registered, refusal), Decide("https://friend.test/", signature));

    [Fact]
    public void Where_there_is_no_registered_target_a_refusal_goes_nowhere()
    {
        var decision = RedirectPolicy.Decide(default, "https://friend.test/", SignatureCheck.Absent, Macros);
        Assert.True(decision.IsRejected);
        Assert.Equal(new RedirectDecision(null, RedirectRefusal.None), RedirectPolicy.Decide(default, null, SignatureCheck.Absent, Macros));
        Assert.Equal(new RedirectDecision("https://any.test/", RedirectRefusal.None), RedirectPolicy.Decide(default, "https://any.test/", SignatureCheck.Valid, Macros));
    }

    [Fact]
    public void A_target_that_others_wrote_to_the_log_is_checked_too()
    {
        var ad = new AdPlacement { Ad = new Ad("a", "c", "", "javascript:alert(1)") };
        Assert.Equal(new RedirectDecision(null, RedirectRefusal.None), RedirectPolicy.Decide(ad, null, SignatureCheck.Absent, Macros));
    }

    [Fact]
    public void Macro_values_cannot_leave_their_place()
    {
        var macros = new TargetMacros("{ad_id}", "/../?x=1#y@evil.test\r\nX: y", "", "ä");
        Assert.Equal(
            "https://shop.test/%7Bad_id%7D/%2F..%2F%3Fx%3D1%23y%40evil.test%0D%0AX%3A%20y/{other}/%C3%A4{",
            macros.Expand("https://shop.test/{click_id}/{ad_id}/{other}/{campaign_id}{publisher_id}{"));
    }

    [Theory]
    [InlineData("shop.test", true)]
    [InlineData("localhost", true)]
    [InlineData("192.0.2.7", true)]
    [InlineData("[2001:db8::1]", true)]
    [InlineData("2001:db8::1", false)]
    [InlineData("com", false)]
    [InlineData("Shop.test", false)]
    [InlineData("*.shop.test", false)]
    [InlineData(".shop.test", false)]
    [InlineData("shop.test.", false)]
    [InlineData("shop.test:80", false)]
    [InlineData("https://shop.test", false)]
    [InlineData("shop.test/x", false)]
    [InlineData("1.2.3", false)]
    [InlineData("", false)]
    public void An_allowed_host_is_a_whole_name_or_address(string entry, bool valid) => Assert.Equal(valid, AllowedHost.IsValid(entry));

    private static RedirectDecision Decide(string? requested, SignatureCheck signature = SignatureCheck.Absent) => RedirectPolicy.Decide(
        new AdPlacement
        {
            Ad = new Ad("a", "c", "", Target),
            Campaign = new Campaign("c", "v", ""),
            Advertiser = new Advertiser("v", "", ["friend.test", "192.0.2.7"]),
        },
        requested,
        signature,
        Macros);
}
