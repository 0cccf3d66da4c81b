using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Adclicks.Access.Keys;
using Adclicks.Domain.Access;
using Adclicks.Domain.Audit;
using Adclicks.Hosting;
using Adclicks.Support;
using Adclicks.Support.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Adclicks.Tests.Access;

/// <summary>
/// All roles in this process, as <c>up</c> puts them together, with clicks of two advertisers who advertise with a publisher
/// each. Whatever belongs to the second pair has <see cref="Rival"/> in its name; the first are <c>acme</c> and <c>news</c>.
/// </summary>
public sealed class WholeServer : IAsyncLifetime
{
    public const string Rival = "rival";
    public const string BlockedAddress = "203.0.113.77/32", BadAgent = "curl/|wget";
    public const int OwnClicks = 3, OwnUsers = 2, RivalClicks = 40;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("adclicks-access-").FullName;
    private readonly Dictionary<string, string> _keys = [];
    private TestDatabase _database = null!;
    private WebApplication _app = null!;

    public HttpClient Client { get; private set; } = null!;

    public string ConnectionString => _database.ConnectionString;

    public IServiceProvider Services => _app.Services;

    /// <summary>Every endpoint with one of its methods.</summary>
    public IEnumerable<RouteEndpoint> Endpoints => Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    public async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        var ofFile = new Dictionary<string, string> { [Roles.Admin] = "admin-key", [Roles.Ingest] = "ingest-key", [Roles.Analyst] = "analyst-key" };
        _app = AppHost.Build(HostRoles.All, "http://127.0.0.1:0", ofFile, new Dictionary<string, string?>
        {
            ["DataDirectory"] = _folder,
            ["Postgres:ConnectionString"] = _database.ConnectionString,
            ["Serilog:MinimumLevel:Default"] = "Fatal",
            ["ReadApi:PerKey:RequestsPerSecond"] = "100000",
            ["ReadApi:PerKey:Burst"] = "100000",
        });
        await _app.StartAsync();
        Client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(_app.Urls.First()) };
        foreach (var (role, key) in ofFile) _keys[role] = key;
        await MakeKeysAsync();
        await RegisterAsync();
        await ClickAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Sends a request as a caller: a role, <c>nobody</c>, or <c>wrong</c>, <c>revoked</c>, <c>expired</c> for such a key.</summary>
    public async Task<HttpResponseMessage> SendAsync(string caller, HttpMethod method, string path, string? json = null, string? accept = null, string? tag = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (caller != "nobody") request.Headers.Add("X-Api-Key", _keys[caller]);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, MediaTypeHeaderValue.Parse("application/json"));
        if (accept is not null) request.Headers.Add("Accept", accept);
        if (tag is not null) request.Headers.Add("If-None-Match", tag);
        // A stream of events has no end to wait for.
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>The status and the body of an answer.</summary>
    public async Task<(int Status, string Body)> ReadAsync(string caller, string path, string? accept = null)
    {
        using var response = await SendAsync(caller, HttpMethod.Get, path, accept: accept);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Asks GraphQL.</summary>
    public async Task<(int Status, string Body)> QueryAsync(string caller, string query, object? variables = null)
    {
        using var response = await SendAsync(caller, HttpMethod.Post, "/graphql", JsonSerializer.Serialize(new { query, variables }));
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private async Task MakeKeysAsync()
    {
        var writer = Services.GetRequiredService<KeyWriter>();
        async Task<string> MakeAsync(string caller, NewKey wanted)
        {
            var (key, text) = await writer.CreateAsync(wanted, AuditActor.CommandLine, "", CancellationToken.None);
            _keys[caller] = text;
            return key.Id;
        }

        await MakeAsync(Roles.Advertiser, new NewKey("acme", Roles.Advertiser, AdvertiserId: "acme"));
        await MakeAsync(Roles.Publisher, new NewKey("news", Roles.Publisher, PublisherId: "news"));
        await MakeAsync("expired", new NewKey("old", Roles.Admin, ExpiresAt: TimeProvider.System.GetUtcNow().AddDays(-1)));
        var revoked = await MakeAsync("revoked", new NewKey("gone", Roles.Admin));
        await writer.RevokeAsync(revoked, AuditActor.CommandLine, "", CancellationToken.None);
        _keys["wrong"] = _keys[Roles.Advertiser][..^4] + "beef";
    }

    private async Task RegisterAsync()
    {
        foreach (var (advertiser, publisher) in new[] { ("acme", "news"), (Rival, Rival + "-news") })
        {
            await PutAsync($"advertisers/{advertiser}", new { name = advertiser });
            await PutAsync($"publishers/{publisher}", new { name = publisher });
            await PutAsync($"campaigns/{advertiser}-spring", new { advertiser_id = advertiser, name = advertiser + " in spring" });
            await PutAsync($"ads/{advertiser}-banner", new { campaign_id = advertiser + "-spring", target_url = $"https://{advertiser}.example/" });
        }

        // Rules that mark none of the clicks.
        await PutAsync("rules/one", new { kind = "blocked_ip_range", range = BlockedAddress });
        await PutAsync("rules/scripts", new { kind = "bad_user_agent", pattern = BadAgent });
        await PutAsync("rules/fast", new { kind = "velocity", max_clicks = 1000, window_seconds = 60, per = "visitor" });
    }

    private async Task PutAsync(string item, object body)
    {
        using var response = await SendAsync(Roles.Admin, HttpMethod.Put, "/reference/" + item, JsonSerializer.Serialize(body));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The rival's clicks are of the day before and after too, so that a range that shows through would be seen.</summary>
    private async Task ClickAsync()
    {
        var noon = new DateTimeOffset(2015, 5, 18, 12, 0, 0, TimeSpan.Zero);
        var clicks = new List<object>();
        for (var i = 0; i < OwnClicks; i++) clicks.Add(Click("acme", "news", i, noon.AddMinutes(i), i % OwnUsers));
        for (var i = 0; i < RivalClicks; i++) clicks.Add(Click(Rival, Rival + "-news", i, noon.AddDays((i % 3) - 1).AddMinutes(i), i));
        using var response = await SendAsync(Roles.Ingest, HttpMethod.Post, "/track/click_events", JsonSerializer.Serialize(clicks));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        var said = "";
        await Eventually.TrueAsync(
            async () =>
            {
                (var status, said) = await ReadAsync(Roles.Analyst, "/reports/clicks/totals?start_time=2015-05-16&end_time=2015-05-21&metrics=gross_click_count");
                return status == 200 && said.Contains($":{OwnClicks + RivalClicks}}}", StringComparison.Ordinal) && (await ReadAsync("nobody", "/health/ready")).Status == 200;
            },
            () => said,
            Limit);

        using var closed = await SendAsync(Roles.Admin, HttpMethod.Post, "/admin/billing/close");
        Assert.True(closed.IsSuccessStatusCode, await closed.Content.ReadAsStringAsync());
    }

    private static object Click(string advertiser, string publisher, int number, DateTimeOffset at, int user) => new
    {
        event_id = $"{advertiser}-click-{number}",
        timestamp_ms = at.ToUnixTimeMilliseconds(),
        ad_id = advertiser + "-banner",
        campaign_id = advertiser + "-spring",
        publisher_id = publisher,
        user_id = $"{advertiser}-user-{user}",
    };
}

/// <summary>The tests that share it, one after the other.</summary>
[CollectionDefinition(nameof(WholeServerTests))]
public sealed class WholeServerTests : ICollectionFixture<WholeServer>;
