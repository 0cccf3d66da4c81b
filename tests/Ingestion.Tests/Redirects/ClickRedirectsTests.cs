using System.Globalization;
using Adclicks.Domain.Redirects;
using Adclicks.Domain.Reference;
using Adclicks.EventStore.Reference;
using Adclicks.Ingestion.Redirects;
using Adclicks.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion.Tests.Redirects;

public sealed class ClickRedirectsTests : IDisposable
{
    private const string Elsewhere = "https://elsewhere.test/x";
    private static readonly TargetMacros Macros = new("click", "a", "c", "p");
    private readonly string _directory = Directory.CreateTempSubdirectory("adclicks-").FullName;
    private readonly Clock _clock = new();
    private readonly ReferenceFeed _feed = new(new MemoryEventLog(), Options.Create(new ReferenceFeedOptions()), TimeProvider.System, NullLogger<ReferenceFeed>.Instance);

    public ClickRedirectsTests()
    {
        _feed.History.Apply(0, ReferenceChange.Define(new Advertiser("v", "", ["friend.test"])));
        _feed.History.Apply(1, ReferenceChange.Define(new Campaign("c", "v", "")));
        _feed.History.Apply(2, ReferenceChange.Define(new Ad("a", "c", "", "https://shop.test/{click_id}")));
        _feed.History.Apply(3, ReferenceChange.Define(new Ad("a", "c", "", "https://shop.test/new")));
    }

    private string KeyPath => UrlKeyFile.PathIn(_directory);

    public void Dispose()
    {
        _feed.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void The_target_is_the_one_of_the_revision_the_click_is_recorded_with()
    {
        var redirects = Redirects();
        Assert.Null(redirects.Resolve(new(Macros, null, null, null, null, null), 1).Decision.Location);
        Assert.Equal("https://shop.test/click", redirects.Resolve(new(Macros, null, null, null, null, null), 2).Decision.Location);
        Assert.Equal("https://shop.test/new", redirects.Resolve(new(Macros, null, null, null, null, null), 3).Decision.Location);
        Assert.Equal("https://friend.test/", redirects.Resolve(new(Macros, "https://friend.test/", null, null, null, null), 3).Decision.Location);
    }

    [Fact]
    public void A_signed_url_leads_where_it_says_until_it_expires()
    {
        var redirects = Redirects();
        var request = Sign(Rotate(), Elsewhere, _clock.Now.AddMinutes(1));
        Assert.Equal(new(new RedirectDecision(Elsewhere, RedirectRefusal.None), null), redirects.Resolve(request, 3));
        _clock.Now = _clock.Now.AddMinutes(1);
        Assert.Equal(new(new RedirectDecision("https://shop.test/new", RedirectRefusal.ExpiredSignature), null), redirects.Resolve(request, 3));
    }

    [Fact]
    public void A_changed_url_is_a_bad_signature()
    {
        var redirects = Redirects();
        var request = Sign(Rotate(), Elsewhere, _clock.Now.AddMinutes(1));
        RedirectRequest[] changed =
        [
            request with { RedirectUrl = "https://evil.test/" }, request with { ExpiresAt = "99999999999" }, request with { ExpiresAt = null },
            request with { ExpiresAt = "-1" }, request with { KeyId = "other" }, request with { KeyId = null }, request with { Nonce = "x" },
            request with { Macros = Macros with { PublisherId = "q" } }, request with { Nonce = new string('x', 129) }, request with { Signature = "x" },
        ];
        Assert.All(changed, r => Assert.Equal(
            new(new RedirectDecision("https://shop.test/new", RedirectRefusal.BadSignature), null), redirects.Resolve(r, 3)));
    }

    [Fact]
    public void Rotated_keys_go_on_verifying_until_they_are_removed()
    {
        var redirects = Redirects();
        var old = Rotate();
        var request = Sign(old, Elsewhere, _clock.Now.AddHours(1));
        Assert.Equal(Elsewhere, redirects.Resolve(request, 3).Decision.Location);
        var next = Rotate();
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(Elsewhere, redirects.Resolve(request, 3).Decision.Location);
        Assert.Equal(Elsewhere, redirects.Resolve(Sign(next, Elsewhere, _clock.Now.AddHours(1)), 3).Decision.Location);
        UrlKeyFile.Load(KeyPath).Without(old.Id).Save(KeyPath);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(RedirectRefusal.BadSignature, redirects.Resolve(request, 3).Decision.Refusal);
    }

    [Fact]
    public void An_unreadable_key_file_leaves_the_keys_as_they_were()
    {
        var redirects = Redirects();
        var request = Sign(Rotate(), Elsewhere, _clock.Now.AddHours(1));
        Assert.Equal(Elsewhere, redirects.Resolve(request, 3).Decision.Location);
        File.WriteAllText(KeyPath, "nonsense");
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(Elsewhere, redirects.Resolve(request, 3).Decision.Location);
    }

    [Fact]
    public void A_nonce_is_used_by_the_click_that_is_recorded()
    {
        var redirects = Redirects();
        var key = Rotate();
        var once = Sign(key, Elsewhere, _clock.Now.AddHours(1), "once");
        Assert.Null(redirects.Resolve(once with { Signature = "forged" }, 3).Nonce);
        var nonce = Assert.NotNull(redirects.Resolve(once, 3).Nonce);
        Assert.True(redirects.TryUse(nonce));
        Assert.False(redirects.TryUse(Assert.NotNull(redirects.Resolve(once, 3).Nonce)));
        Assert.True(redirects.TryUse(Assert.NotNull(redirects.Resolve(Sign(key, Elsewhere, _clock.Now.AddHours(1), "another"), 3).Nonce)));
        redirects.GiveBack(nonce);
        Assert.True(redirects.TryUse(nonce));
    }

    [Fact]
    public void Nonces_are_remembered_up_to_a_number()
    {
        var memory = new NonceMemory(2);
        Assert.True(memory.TryUse("k", "1"));
        Assert.True(memory.TryUse("k", "2"));
        Assert.False(memory.TryUse("k", "1"));
        Assert.True(memory.TryUse("k", "3"));
        Assert.True(memory.TryUse("k", "1"));
        Assert.False(memory.TryUse("k", "3"));
    }

    [Fact]
    public void The_key_file_is_the_owners_alone_and_bounded()
    {
        for (var i = 0; i < UrlKeyFile.MaxKeys + 3; i++) Rotate();
        Assert.Equal(UrlKeyFile.MaxKeys, UrlKeyFile.Load(KeyPath).Keys.Count);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(KeyPath)!));
    }

    private ClickRedirects Redirects() => new(_feed, new UrlKeyRing(KeyPath, _clock, NullLogger<UrlKeyRing>.Instance), new NonceMemory(10), _clock);

    private UrlKey Rotate()
    {
        UrlKeyFile.Load(KeyPath).Rotate(_clock.Now).Save(KeyPath);
        return UrlKeyFile.Load(KeyPath).Keys[^1];
    }

    private static RedirectRequest Sign(UrlKey key, string target, DateTimeOffset expiresAt, string nonce = "")
    {
        var signed = new SignedUrl(Macros.AdId, Macros.PublisherId, target, expiresAt.ToUnixTimeSeconds(), key.Id, nonce);
        return new(Macros, target, signed.Sign(key.Key), signed.ExpiresAt.ToString(CultureInfo.InvariantCulture), key.Id, nonce);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => Now += by;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => Now.Ticks;
    }
}
