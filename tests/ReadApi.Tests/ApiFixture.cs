using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using Adclicks.Domain.Access;
using Adclicks.EventStore;
using Adclicks.EventStore.Audit;
using Adclicks.ReadApi.ApiPage;
using Adclicks.ReadApi.Tests.Execution;
using Adclicks.Tests.Support;
using CsCheck;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Adclicks.ReadApi.Tests;

/// <summary>The read side over HTTP on a free port. A key is a role, with an id behind a colon where it needs one.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    private RollupDatabase _database = null!;
    private WebApplication _app = null!;

    public IReadOnlyList<TestClick> Clicks { get; private set; } = [];

    public TimeSpan CacheTime { get; init; } = new ReadApiOptions().CacheTime;

    public TimeSpan StatementTimeout { get; init; } = new ReadApiOptions().StatementTimeout;

    /// <summary>Has the ledger and the reference data.</summary>
    public MemoryEventLog Log { get; } = new();

    public HttpClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Clicks = TestClick.Any.List[1500].Single();
        _database = await RollupDatabase.CreateAsync(Clicks, CancellationToken.None);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration["Postgres:ConnectionString"] = _database.ConnectionString;
        // Far off, so that only a commit can be what an event of a stream comes from.
        builder.Configuration["ReadApi:StreamHeartbeat"] = "00:10:00";
        builder.Configuration["ReadApi:CacheTime"] = CacheTime.ToString();
        builder.Configuration["ReadApi:StatementTimeout"] = StatementTimeout.ToString();
        builder.Services.AddSingleton<IEventLog>(Log).AddAudit(builder.Configuration).AddApiDescription().AddReadApi(builder.Configuration);
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication("Test").AddScheme<AuthenticationSchemeOptions, RoleKeys>("Test", null);
        _app = builder.Build();
        _app.UseAuthentication();
        _app.UseAuthorization();
        _app.UseRateLimiter();
        _app.MapApiDescription();
        _app.MapReadApi();
        await _app.StartAsync();
        Client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string? key = Roles.Analyst, string? accept = null, string? tag = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null) request.Headers.Add("X-Api-Key", key);
        if (accept is not null) request.Headers.Add("Accept", accept);
        if (tag is not null) request.Headers.Add("If-None-Match", tag);
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<JsonElement> JsonAsync(string path, HttpStatusCode expected = HttpStatusCode.OK, string? key = Roles.Analyst)
    {
        using var response = await GetAsync(path, key);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode} {path}: {body}");
        return JsonElement.Parse(body);
    }

    public string ConnectionString => _database.ConnectionString;

    public T Service<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Asks GraphQL; the answer with data or errors, whatever the status.</summary>
    public async Task<JsonElement> QueryAsync(string query, string key = Roles.Analyst)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/graphql");
        request.Headers.Add("X-Api-Key", key);
        request.Content = new StringContent(
            JsonSerializer.Serialize(new Dictionary<string, string> { ["query"] = query }), MediaTypeHeaderValue.Parse("application/json"));
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private sealed class RoleKeys(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers["X-Api-Key"].ToString() is not { Length: > 0 } key) return Task.FromResult(AuthenticateResult.NoResult());
            var parts = key.Split(':');
            var identity = new ClaimsIdentity([new Claim(ClaimTypes.Role, parts[0])], Scheme.Name);
            if (parts.Length > 1) identity.AddClaim(new Claim(parts[0] + "_id", parts[1]));
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
        }
    }
}
