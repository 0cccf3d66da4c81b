using System.Text;
using Adclicks.Domain.Audit;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore.Audit;
using Adclicks.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Adclicks.EventStore.Tests.Audit;

public sealed class AuditTrailTests : IAsyncDisposable
{
    private readonly MemoryEventLog _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task Changes_of_reference_data_are_entries_by_whom_their_event_names()
    {
        await RecordAsync(AuditAction.BillingClosed, "");
        await ChangeAsync(ReferenceChange.Define(new BadUserAgent("farm", "farm")));
        await ChangeAsync(ReferenceChange.Remove(ReferenceKind.Ad, "banner-1"));

        var page = await new AuditTrail(_log).ReadAsync(AuditQuery.Latest(10), Token);

        var ana = new AuditActor("k2", "Ana", "admin");
        Assert.Equal(
            [
                new AuditEntry(AuditAction.ReferenceChanged, "ad banner-1", ana, AuditOutcome.Succeeded, "c-2", "removed"),
                new AuditEntry(AuditAction.RuleChanged, "rule farm", ana, AuditOutcome.Succeeded, "c-2", "defined"),
                new AuditEntry(AuditAction.BillingClosed, "", AuditActor.Schedule, AuditOutcome.Succeeded, "c-1"),
            ],
            page.Records.Select(r => r.Entry));
        Assert.Empty(page.Next);
    }

    [Fact]
    public async Task Pages_follow_one_another_without_gap_or_repeat()
    {
        for (var i = 0; i < 10; i++)
        {
            await RecordAsync(AuditAction.GenerationDropped, $"generation {i}");
            await ChangeAsync(ReferenceChange.Define(new Publisher($"p{i}", "")));
        }

        var trail = new AuditTrail(_log);
        var whole = (await trail.ReadAsync(AuditQuery.Latest(100), Token)).Records;
        var pages = new List<AuditRecord>();
        var query = AuditQuery.Latest(3);
        do
        {
            var page = await trail.ReadAsync(query, Token);
            pages.AddRange(page.Records);
            query = query with { Before = page.Next };
        }
        while (query.Before.Count > 0);

        Assert.Equal(20, whole.Count);
        Assert.Equal(whole, pages);
    }

    [Fact]
    public async Task Time_and_action_narrow_it_down()
    {
        await RecordAsync(AuditAction.GenerationDropped, "first");
        await RecordAsync(AuditAction.GenerationSwitched, "second");
        await RecordAsync(AuditAction.GenerationDropped, "third");
        var trail = new AuditTrail(_log);
        var all = (await trail.ReadAsync(AuditQuery.Latest(10), Token)).Records;

        var dropped = await trail.ReadAsync(AuditQuery.Latest(10) with { Action = AuditAction.GenerationDropped }, Token);
        var middle = await trail.ReadAsync(AuditQuery.Latest(10) with { From = all[1].At, To = all[0].At }, Token);

        Assert.Equal(["third", "first"], dropped.Records.Select(r => r.Entry.Target));
        Assert.Equal(["second"], middle.Records.Select(r => r.Entry.Target));
    }

    [Fact]
    public async Task What_comes_from_a_request_is_cut_and_printable()
    {
        await RecordAsync(AuditAction.GenerationDropped, "\u001b[2J" + new string('a', 1_000));

        var target = Assert.Single((await new AuditTrail(_log).ReadAsync(AuditQuery.Latest(1), Token)).Records).Entry.Target;

        Assert.Equal(AuditEntry.MaxText, target.Length);
        Assert.StartsWith("?[2Ja", target, StringComparison.Ordinal);
    }

    private Task RecordAsync(AuditAction action, string target) =>
        new AuditLog(_log, TimeProvider.System, NullLogger<AuditLog>.Instance)
            .RecordAsync(new AuditEntry(action, target, AuditActor.Schedule, AuditOutcome.Succeeded, "c-1"), Token);

    private async Task ChangeAsync(ReferenceChange change)
    {
        var metadata = """{"schema_version":1,"by":"Ana","key_id":"k2","role":"admin","correlation_id":"c-2"}""";
        var recorded = new EventData(Guid.NewGuid(), ReferenceEvents.TypeOf(change), ReferenceEvents.ToJson(change), Encoding.UTF8.GetBytes(metadata), true);
        await _log.AppendAsync(StreamNames.Reference, ExpectedRevision.Any, [recorded], Token);
    }
}
