using System.Net;
using Adclicks.Domain.Audit;

namespace Adclicks.EventStore.Tests.Audit;

public sealed class AuditedEndpointsTests
{
    private static readonly AuditActor Kim = new("k1", "Kim", "admin");

    [Theory]
    [InlineData("/things/7?owner=me", AuditOutcome.Succeeded, "thing 7 of me", "")]
    [InlineData("/things/none", AuditOutcome.Failed, "thing none of", "")]
    [InlineData("/things/bad", AuditOutcome.Failed, "thing bad of", "InvalidOperationException")]
    public async Task An_action_is_recorded_before_and_after_with_who_and_on_what(string path, AuditOutcome outcome, string target, string detail)
    {
        await using var server = await AuditServer.StartAsync();

        using var response = await server.SendAsync(HttpMethod.Post, path);

        var started = new AuditEntry(AuditAction.GenerationSwitched, target, Kim, AuditOutcome.Started, "c-1");
        Assert.Equal([started, started with { Outcome = outcome, Detail = detail }], await server.EntriesAsync());
    }

    [Fact]
    public async Task Without_the_log_nothing_is_done()
    {
        await using var server = await AuditServer.StartAsync();
        server.Log.IsDown = true;

        using var response = await server.SendAsync(HttpMethod.Post, "/things/7");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal(0, server.Done);
    }

    [Fact]
    public async Task What_is_done_stands_where_the_log_goes_meanwhile()
    {
        await using var server = await AuditServer.StartAsync();
        server.Log.BeforeAppend = _ =>
        {
            // The first append is the beginning, the second the end.
            server.Log.BeforeAppend = _ =>
            {
                server.Log.IsDown = true;
                return Task.CompletedTask;
            };
            return Task.CompletedTask;
        };

        using var response = await server.SendAsync(HttpMethod.Post, "/things/7");

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        server.Log.IsDown = false;
        Assert.Equal(AuditOutcome.Started, Assert.Single(await server.EntriesAsync()).Outcome);
    }

    [Fact]
    public async Task An_export_is_recorded_once_and_refused_without_the_log()
    {
        await using var server = await AuditServer.StartAsync();
        using var plain = await server.SendAsync(HttpMethod.Get, "/export", "application/json");
        using var refused = await server.SendAsync(HttpMethod.Get, "/export?refuse=1", "text/csv");
        using var exported = await server.SendAsync(HttpMethod.Get, "/export", "text/csv");
        Assert.Equal([new AuditEntry(AuditAction.ReportExported, "export k1", Kim, AuditOutcome.Succeeded, "c-1")], await server.EntriesAsync());

        server.Log.IsDown = true;
        using var unrecorded = await server.SendAsync(HttpMethod.Get, "/export", "text/csv");
        using var other = await server.SendAsync(HttpMethod.Get, "/export", "application/json");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, unrecorded.StatusCode);
        Assert.DoesNotContain("data", await unrecorded.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }
}
