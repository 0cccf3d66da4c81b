using System.Net;
using System.Text;
using Adclicks.Domain.Access;
using Adclicks.EventStore;
using Adclicks.EventStore.Reference;
using Adclicks.Ingestion.Reference;
using Adclicks.Ingestion.Tests.Support;
using Adclicks.Tests.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Adclicks.Ingestion.Tests.Reference;

/// <summary>A node that serves reference data on loopback. The header <c>X-Role</c> says who one is.</summary>
internal sealed class ReferenceServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ReferenceServer(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        Client.DefaultRequestHeaders.Add("X-Role", Roles.Admin);
    }

    public HttpClient Client { get; }

    public ReferenceFeed Feed => _app.Services.GetRequiredService<ReferenceFeed>();

    public static async Task<ReferenceServer> StartAsync(IEventLog? log = null, Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(log ?? new MemoryEventLog());
        builder.Services.AddReferenceFeed(builder.Configuration).AddReference(builder.Configuration);
        builder.Services.AddAuthentication("role").AddScheme<AuthenticationSchemeOptions, RoleHeader>("role", null);
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(Roles.Admin, p => p.RequireRole(Roles.Admin))
            .AddPolicy(Roles.Analyst, p => p.RequireRole(Roles.Admin, Roles.Analyst));
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapReference();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ReferenceServer(app);
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public Task<HttpResponseMessage> PutAsync(string path, string json, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Put, path, json, headers);

    public async Task DefineAsync(string path, string json)
    {
        using var response = await PutAsync(path, json);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async Task<string> GetAsync(string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
