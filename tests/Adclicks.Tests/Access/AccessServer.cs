using System.Net.Http.Json;
using System.Text.Json;
using Adclicks.Access;
using Adclicks.Admin;
using Adclicks.Domain.Access;
using Adclicks.EventStore;
using Adclicks.EventStore.Audit;
using Adclicks.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Adclicks.Tests.Access;

/// <summary>
/// A node with keys and the audit log, on a log in memory that nodes may share. <c>/whoami</c> tells a caller what it is
/// taken for; <c>/hold</c> is answered for as long as it is let.
/// </summary>
internal sealed class AccessServer : IAsyncDisposable
{
    public const string AdminKey = "the-admin-key";
    private readonly WebApplication _app;

    private AccessServer(WebApplication app, TaskCompletionSource held) =>
        (_app, Held, Client) = (app, held, new HttpClient { BaseAddress = new Uri(app.Urls.First()) });

    public HttpClient Client { get; }

    /// <summary>Completes when a request is at <c>/hold</c>.</summary>
    public TaskCompletionSource Held { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<AccessServer> StartAsync(IEventLog log, TimeProvider? time = null, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration["Access:KeysRetryMs"] = "10";
        foreach (var (key, value) in settings) builder.Configuration[key] = value;
        if (time is not null) builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(log).AddAudit(builder.Configuration);
        builder.Services.AddAccess(builder.Configuration, new Dictionary<string, string> { [Roles.Admin] = AdminKey });
        var app = builder.Build();
        var held = new TaskCompletionSource();
        app.UseRouting();
        app.UseAccess();
        app.MapKeys();
        app.MapAudit();
        app.MapGet("/whoami", (HttpContext http) => Results.Text(string.Join(' ', http.User.Claims.Select(c => c.Value).Order(StringComparer.Ordinal)))).RequireAuthorization();
        app.MapGet("/open", () => "open");
        app.MapGet("/hold", async (HttpContext http) =>
        {
            await http.Response.Body.FlushAsync(http.RequestAborted);
            held.TrySetResult();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        }).RequireAuthorization();
        await app.StartAsync(Token);
        return new AccessServer(app, held);
    }

    public async Task<(int Status, string Body)> SendAsync(HttpMethod method, string path, string? key = null, string? bearer = null, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (key is not null) request.Headers.Add("X-Api-Key", key);
        if (bearer is not null) request.Headers.Add("Authorization", "Bearer " + bearer);
        if (body is not null) request.Content = JsonContent.Create(body);
        using var response = await Client.SendAsync(request, Token);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Token));
    }

    public Task<(int Status, string Body)> GetAsync(string path, string? key = null, string? bearer = null) => SendAsync(HttpMethod.Get, path, key, bearer);

    /// <summary>Makes a key; its id and its text.</summary>
    public async Task<(string Id, string Key)> CreateAsync(object wanted)
    {
        var (status, body) = await SendAsync(HttpMethod.Post, "/admin/keys", AdminKey, body: wanted);
        Assert.True(status == 201, body);
        var made = JsonElement.Parse(body);
        return (made.GetProperty("id").GetString()!, made.GetProperty("key").GetString()!);
    }

    /// <summary>Returns when a request with this key is answered with this status.</summary>
    public Task UntilAsync(string key, int status) =>
        Eventually.TrueAsync(async () => (await GetAsync("/whoami", key)).Status == status, $"It is not answered with {status}.");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
