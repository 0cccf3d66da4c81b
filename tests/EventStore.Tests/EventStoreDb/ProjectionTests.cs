using System.Text;
using Adclicks.Domain.Clicks;
using Adclicks.EventStore.EventStoreDb;
using Adclicks.EventStore.EventStoreDb.Projections;
using Adclicks.EventStore.Tests.EventStoreDb.Double;
using Adclicks.Support;

namespace Adclicks.EventStore.Tests.EventStoreDb;

/// <summary>Projections need a server that runs them.</summary>
public sealed class ProjectionTests
{
    private const string Counter = "fromAll().when({ $init: function () { return { n: 0 }; }, 'never-heard-of': function (s, e) { s.n += 1; return s; } });";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_projection_is_created_stopped_started_and_deleted()
    {
        await using var log = Servers.Open(Servers.RealOrSkip());
        var projections = log.Projections;
        var name = Servers.NewStream();
        await projections.CreateAsync(name, Counter, cancellationToken: Cancellation);
        var twice = await Assert.ThrowsAsync<EventStoreDbException>(() => projections.CreateAsync(name, Counter, cancellationToken: Cancellation));
        Assert.Contains("already", twice.Message, StringComparison.Ordinal);
        await UntilAsync(async () => (await One(projections, name)).Status.StartsWith("Running", StringComparison.Ordinal));
        await projections.DisableAsync(name, Cancellation);
        await UntilAsync(async () => (await One(projections, name)).Status == "Stopped");
        await projections.UpdateAsync(name, Counter, Cancellation);
        await projections.EnableAsync(name, Cancellation);
        await UntilAsync(async () => (await One(projections, name)).ProgressPercent >= 100);
        Assert.StartsWith("{", await projections.StateAsync(name, cancellationToken: Cancellation), StringComparison.Ordinal);
        await projections.DisableAsync(name, Cancellation);
        await UntilAsync(async () => (await One(projections, name)).Status == "Stopped");
        await projections.DeleteAsync(name, Cancellation);
        await UntilAsync(async () => (await projections.ListAsync(cancellationToken: Cancellation)).All(p => p.Name != name));
        var gone = await Assert.ThrowsAsync<EventStoreDbException>(() => projections.StateAsync(Servers.NewStream(), cancellationToken: Cancellation));
        Assert.Equal(ServerErrorKind.NotFound, gone.Kind);
    }

    [Fact]
    public async Task The_audit_counts_clicks_per_hour_and_stream()
    {
        await using var log = Servers.Open(Servers.RealOrSkip());
        var stream = Servers.NewStream();
        await AuditProjection.InstallAsync(log.Projections, Cancellation);
        Assert.False(await AuditProjection.InstallAsync(log.Projections, Cancellation));
        await AppendAsync(log, stream, new Dictionary<string, int> { ["2026-11-24T02"] = 3, ["2026-11-24T03"] = 4 });
        await AppendAsync(log, stream, new Dictionary<string, int> { ["2026-11-24T03"] = 5 });
        await UntilAsync(async () =>
            (await AuditProjection.CountAsync(log.Projections, stream, Cancellation)).Through == 1);
        var count = await AuditProjection.CountAsync(log.Projections, stream, Cancellation);
        Assert.Equal(new Dictionary<string, long> { ["2026-11-24T02"] = 3, ["2026-11-24T03"] = 9 }, count.Hours);
        Assert.Equal(AuditCount.Nothing, await AuditProjection.CountAsync(log.Projections, Servers.NewStream(), Cancellation));
    }

    [Fact]
    public async Task The_audit_counts_what_says_no_hours_and_does_not_stop_at_it()
    {
        await using var log = Servers.Open(Servers.RealOrSkip());
        var stream = Servers.NewStream();
        await AuditProjection.InstallAsync(log.Projections, Cancellation);
        foreach (var metadata in new[] { "", "{}", "no JSON" })
            await log.AppendAsync(stream, ExpectedRevision.Any, [new EventData(Guid.CreateVersion7(), ClicksRecorded.EventType, new byte[] { 10, 0 }, Encoding.UTF8.GetBytes(metadata))], Cancellation);
        await AppendAsync(log, stream, new Dictionary<string, int> { ["2026-11-24T02"] = 3 });
        await UntilAsync(async () => (await AuditProjection.CountAsync(log.Projections, stream, Cancellation)).Through == 3);
        var count = await AuditProjection.CountAsync(log.Projections, stream, Cancellation);
        Assert.Equal((3, 3), (count.EventsWithoutHours, count.Hours["2026-11-24T02"]));
    }

    [Fact]
    public async Task A_server_without_projections_says_so()
    {
        await using var server = await EventStoreDbDouble.StartAsync();
        await using var log = Servers.Open(server.ConnectionString);
        var error = await Assert.ThrowsAsync<EventStoreDbException>(() => log.Projections.ListAsync(cancellationToken: Cancellation));
        Assert.Contains("--run-projections", error.Message, StringComparison.Ordinal);
        Assert.False(await AuditProjection.IsInstalledAsync(log.Projections, Cancellation));
    }

    private static async Task<ProjectionDetails> One(ProjectionClient projections, string name) =>
        Assert.Single(await projections.ListAsync(name, Cancellation));

    private static async Task AppendAsync(EventStoreDbLog log, string stream, Dictionary<string, int> hours)
    {
        var metadata = new ClicksRecordedMetadata(ClicksRecorded.SchemaVersion, "test", -1, "", hours.Values.Sum(), hours).ToJson();
        var result = await log.AppendAsync(
            stream, ExpectedRevision.Any, [new EventData(Guid.CreateVersion7(), ClicksRecorded.EventType, new byte[] { 10, 0 }, metadata)], Cancellation);
        Assert.True(result.Succeeded);
    }

    private static Task UntilAsync(Func<Task<bool>> isSo) => Eventually.TrueAsync(isSo, "It did not come about.", TimeSpan.FromSeconds(30));
}
