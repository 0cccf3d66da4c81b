using Adclicks.Domain.Redirects;

namespace Adclicks.Domain.Tests.Redirects;

public sealed class SignedUrlTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly SignedUrl Signed = new("ad", "pub", "https://shop.test/", 1_800_000_000, "k1", "n");

    [Fact]
    public void What_was_signed_verifies() => Assert.True(Signed.Verify(Key, Signed.Sign(Key)));

    [Fact]
    public void Nothing_else_does()
    {
        var signature = Signed.Sign(Key);
        SignedUrl[] others =
        [
            Signed with { AdId = "ad2" }, Signed with { PublisherId = "" }, Signed with { Target = "https://evil.test/" },
            Signed with { ExpiresAt = Signed.ExpiresAt + 1 }, Signed with { KeyId = "k2" }, Signed with { Nonce = "" },
            Signed with { AdId = "adp", PublisherId = "ub" },
        ];
        Assert.All(others, other => Assert.False(other.Verify(Key, signature)));
        Assert.False(Signed.Verify(new byte[32], signature));
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    [InlineData("äääääääääääääääääääääääääääääääääääääääääää")]
    public void Garbage_is_no_signature(string signature) => Assert.False(Signed.Verify(Key, signature));
}
