using Adclicks.Domain.Audit;
using Adclicks.Domain.Streams;

namespace Adclicks.EventStore.Tests.Audit;

public sealed class RefusalLogTests
{
    [Fact]
    public async Task A_flood_of_wrong_keys_is_bounded_counted_and_hides_nobody_else()
    {
        var time = new MinuteClock();
        await using var server = await AuditServer.StartAsync(time);

        for (var i = 0; i < 100; i++) server.Refusals.Add(Refused(AuditAction.LoginRefused));
        server.Refusals.Add(Refused(AuditAction.AccessRefused));
        time.Minute++;
        server.Refusals.Add(Refused(AuditAction.LoginRefused));

        var entries = await RecordedAsync(server, 5);
        Assert.Equal(4, entries.Count(e => e.Action == AuditAction.LoginRefused));
        Assert.Equal(1, entries.Count(e => e.Action == AuditAction.AccessRefused));
        Assert.Equal(97, entries[^1].Unrecorded);
    }

    private static AuditEntry Refused(AuditAction action) => new(action, "POST /graphql", AuditActor.Nobody, AuditOutcome.Refused, "c-1");

    private static async Task<List<AuditEntry>> RecordedAsync(AuditServer server, int count)
    {
        var entries = new List<AuditEntry>();
        await foreach (var message in server.Log.SubscribeAsync(StreamNames.Audit, -1, TestContext.Current.CancellationToken))
        {
            if (message.Event is { } recorded) entries.Add(AuditEntry.Read(recorded.Data.Span));
            if (entries.Count == count) break;
        }

        return entries;
    }

    private sealed class MinuteClock : TimeProvider
    {
        public int Minute { get; set; }

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddMinutes(1_000_000 + Minute);
    }
}
