using Adclicks.Domain.Redirects;
using CsCheck;

namespace Adclicks.Domain.Tests.Redirects;

public sealed class WebUrlTests
{
    [Theory]
    [InlineData("https://shop.test/", "shop.test", "https://shop.test/")]
    [InlineData("HTTP://Shop.Test", "shop.test", "http://shop.test/")]
    [InlineData("https://shop.test.:8443/a?b=c#d", "shop.test", "https://shop.test.:8443/a?b=c#d")]
    [InlineData("https://xn--bcher-kva.test/", "xn--bcher-kva.test", "https://xn--bcher-kva.test/")]
    [InlineData("https://192.0.2.7/x", "192.0.2.7", "https://192.0.2.7/x")]
    [InlineData("https://[2001:db8::1]:8443/x", "[2001:db8::1]", "https://[2001:db8::1]:8443/x")]
    [InlineData("https://shop.test/Größe?q=ä", "shop.test", "https://shop.test/Gr%C3%B6%C3%9Fe?q=%C3%A4")]
    [InlineData("https://shop.test/?to=https://user@evil.test/", "shop.test", "https://shop.test/?to=https://user@evil.test/")]
    public void A_plain_url_is_taken(string text, string host, string location)
    {
        Assert.True(WebUrl.TryParse(text, out var url, out _));
        Assert.Equal((host, location), (url.Host, url.Location));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/path")]
    [InlineData("//evil.test/")]
    [InlineData("\\\\evil.test\\")]
    [InlineData("javascript:alert(1)")]
    [InlineData("javascript://shop.test/%0aalert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://shop.test/")]
    [InlineData("http:shop.test/")]
    [InlineData("http:/shop.test/")]
    [InlineData("http:///shop.test/")]
    [InlineData("https://")]
    [InlineData("https://?x")]
    [InlineData("https://#@shop.test")]
    [InlineData(" https://shop.test/")]
    [InlineData("https://shop.test/ ")]
    [InlineData("https://shop.test/\r\nSet-Cookie: a=b")]
    [InlineData("https://shop.test/\tx")]
    [InlineData("https://shop.test/\u0000")]
    [InlineData("https://shop.test/\u0085")]
    [InlineData("ht\ntps://shop.test/")]
    [InlineData("https://evil.test\\@shop.test/")]
    [InlineData("https://evil.test\\.shop.test/")]
    [InlineData("https://user:pass@shop.test/")]
    [InlineData("https://shop.test@evil.test/")]
    [InlineData("https://shop.test%40evil.test/")]
    [InlineData("https://evil.test%2f.shop.test/")]
    [InlineData("https://evil.test%00.shop.test/")]
    [InlineData("https://%65vil.test/")]
    [InlineData("https://evil.test:443:shop.test/")]
    [InlineData("https://shop.test:/")]
    [InlineData("https://shop.test:0/")]
    [InlineData("https://shop.test:99999/")]
    [InlineData("https://shop.test:+80/")]
    [InlineData("https://shop..test/")]
    [InlineData("https://.shop.test/")]
    [InlineData("https://evil。test/")]
    [InlineData("https://еvil.test/")]
    [InlineData("https://ｓhop.test/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://017700000001/")]
    [InlineData("https://127.1/")]
    [InlineData("https://[::1%25eth0]/")]
    [InlineData("https://[evil.test]/")]
    [InlineData("https://[::1]evil.test/")]
    [InlineData("https://{ad_id}.test/")]
    public void Anything_else_is_refused(string? text) => Assert.False(WebUrl.TryParse(text, out _, out _));

    [Fact]
    public void Unpaired_surrogates_and_lengths_over_the_limit_are_refused()
    {
        Assert.False(WebUrl.TryParse("https://shop.test/\ud83d", out _, out _));
        Assert.True(WebUrl.TryParse("https://shop.test/\ud83d\ude00", out _, out _));
        Assert.False(WebUrl.TryParse("https://shop.test/" + new string('x', 2048), out _, out var problem));
        Assert.Contains("2048", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_taken_is_printable_ascii_for_the_same_host() =>
        Gen.Select(OneOf("https://", "http://", "https:", "//"), Gen.String[Gen.Char["\\/@:.%?#[]{} \r\n\tabc-01é"], 0, 12], OneOf("shop.test", "@shop.test", ""), Gen.String[0, 6])
            .Sample((scheme, before, host, after) =>
            {
                if (!WebUrl.TryParse(scheme + before + host + after, out var url, out _)) return true;
                var uri = new Uri(url.Location);
                return url.Location.All(c => c is > ' ' and < '\u007f') && uri.Scheme is "http" or "https"
                    && uri.UserInfo.Length == 0 && uri.IdnHost.TrimEnd('.') == url.Host.Trim('[', ']').TrimEnd('.');
            });

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
