using System.Net;
using System.Text.Json;
using Adclicks.Domain.Access;
using Adclicks.EventStore;
using Adclicks.EventStore.Embedded;
using Adclicks.Support;
using Adclicks.Tests.Access;
using Microsoft.Extensions.DependencyInjection;

namespace Adclicks.Tests.Observability;

/// <summary>A log whose disk does not finish a write: readiness tells, and administrators are answered in time, with what became of what they wanted.</summary>
public sealed class StalledLogTests : IAsyncLifetime
{
    private readonly WholeServer _server = new();
    private readonly ManualResetEventSlim _goesOn = new();

    public ValueTask InitializeAsync() => _server.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        _goesOn.Set();
        await _server.DisposeAsync();
        _goesOn.Dispose();
    }

    [Fact]
    public async Task Readiness_and_administrators_are_told()
    {
        Assert.Equal(HttpStatusCode.OK, (await ReadyAsync()).Status);
        var begun = Stall();
        var change = SendAsync(Roles.Admin, HttpMethod.Put, "/reference/advertisers/stalled", """{"name":"Stalled"}""");
        await begun;
        var key = SendAsync(Roles.Admin, HttpMethod.Post, "/admin/keys", """{"name":"Stalled","role":"analyst"}""");
        var click = await SendAsync(Roles.Ingest, HttpMethod.Post, "/track/click_event", """{"ad_id":"a","campaign_id":"c","timestamp_ms":1700000000000}""");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, click.Status);
        var (status, body) = await ReadyAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("Unhealthy", JsonElement.Parse(body).GetProperty("checks").GetProperty("log").GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await change).Status);
        Assert.Contains("may have been made", (await change).Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await key).Status);
        Assert.Contains("no key was made", (await key).Body, StringComparison.Ordinal);
        _goesOn.Set();

        await Eventually.TrueAsync(async () => (await ReadyAsync()).Status == HttpStatusCode.OK, "The log is not taken for up again.");
        await Eventually.TrueAsync(
            async () => (await SendAsync(Roles.Admin, HttpMethod.Get, "/reference/advertisers/stalled")).Status == HttpStatusCode.OK, "What was being written is not there.");
        Assert.DoesNotContain("Stalled", (await SendAsync(Roles.Admin, HttpMethod.Get, "/admin/keys")).Body, StringComparison.Ordinal);
    }

    /// <summary>From now on writes take until the disk goes on; completes when the first has begun.</summary>
    private Task Stall()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ((EmbeddedEventLog)_server.Services.GetRequiredService<IEventLog>()).AroundWrite = write =>
        {
            begun.TrySetResult();
            _goesOn.Wait();
            write();
        };
        return begun.Task;
    }

    private Task<(HttpStatusCode Status, string Body)> ReadyAsync() => SendAsync("nobody", HttpMethod.Get, "/health/ready");

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(string caller, HttpMethod method, string path, string? json = null)
    {
        using var response = await _server.SendAsync(caller, method, path, json);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
