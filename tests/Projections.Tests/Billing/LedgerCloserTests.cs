using Adclicks.Domain.Billing;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Billing;
using Adclicks.Projections.Tests.Support;
using Adclicks.Tests.Support;

namespace Adclicks.Projections.Tests.Billing;

public sealed class LedgerCloserTests
{
    [Fact]
    public async Task Closers_that_compete_and_die_write_one_ledger_with_every_click_once()
    {
        await using var log = new MemoryEventLog();
        var clock = new SetClock { Now = ClickGen.Start };
        var clicks = ClickGen.Clicks(seed: 11, count: 60_000);
        var random = new Random(3);
        // A close is several appends; some never get there.
        log.BeforeAppend = append => append.Stream == StreamNames.Billing && random.Next(30) == 0
            ? throw new EventLogUnavailableException("killed")
            : Task.CompletedTask;
        await using var first = await ClosingProcess.StartAsync(log, clock);
        await using var second = await ClosingProcess.StartAsync(log, clock);
        await using var third = await ClosingProcess.StartAsync(log, clock);
        foreach (var batch in clicks.Chunk(6_000))
        {
            await ClickGen.AppendAsync(log, batch, Projector.Partitions, perEvent: 20);
            clock.Now = DateTimeOffset.FromUnixTimeMilliseconds(batch[^1].ServerTimestampMs);
            await Task.WhenAll(new[] { first, second, third }.Select(p => TryCloseAsync(p.Billing)));
        }

        log.BeforeAppend = null;
        clock.Now += TimeSpan.FromDays(1);
        await first.Billing.CloseAsync(TestContext.Current.CancellationToken);
        var entries = await ReadAsync(log);
        Assert.Contains(entries, e => e.Adjustments.Count > 0);
        Assert.Equal(clicks.Count, entries.Sum(e => e.Rows.Concat(e.Adjustments).Sum(r => r.Clicks.Gross)));
        foreach (var hour in clicks.GroupBy(c => BillingHour.Of(c.ClickedAtMs)))
            Assert.Equal(hour.Count(), entries.Sum(e => e.Rows.Concat(e.Adjustments).Where(r => r.Hour == hour.Key).Sum(r => r.Clicks.Gross)));
    }

    [Fact]
    public async Task An_hour_is_closed_when_its_end_is_past_by_the_lateness_and_what_comes_later_adjusts()
    {
        await using var log = new MemoryEventLog();
        var end = new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
        var clicks = ClickGen.Clicks(seed: 12, count: 200).Where(c => c.ClickedAtMs < end.ToUnixTimeMilliseconds()).ToList();
        await ClickGen.AppendAsync(log, clicks, Projector.Partitions, perEvent: 10);
        var clock = new SetClock { Now = end.AddMinutes(15).AddMilliseconds(-1) };
        await using var process = await ClosingProcess.StartAsync(log, clock);
        var before = await process.Billing.CloseAsync(TestContext.Current.CancellationToken);
        Assert.All(before, e => Assert.True(BillingHour.Start(e.ClosedThrough + 1) < end));
        clock.Now = end.AddMinutes(15);
        var closed = Assert.Single(await process.Billing.CloseAsync(TestContext.Current.CancellationToken));
        Assert.Equal(end.AddHours(-1), BillingHour.Start(closed.Hour));
        Assert.Empty(await process.Billing.CloseAsync(TestContext.Current.CancellationToken));

        var late = ClickGen.Clicks(seed: 13, count: 10).Take(3).ToList();
        await ClickGen.AppendAsync(log, late, Projector.Partitions, perEvent: 10);
        clock.Now = end.AddMinutes(75);
        var next = Assert.Single(await process.Billing.CloseAsync(TestContext.Current.CancellationToken));
        Assert.Empty(next.Rows);
        Assert.Equal(3, next.Adjustments.Sum(r => r.Clicks.Gross));
        Assert.Equal(end, BillingHour.Start(next.Hour));
    }

    [Fact]
    public async Task A_close_by_command_goes_on_while_another_process_is_the_one_that_closes()
    {
        await using var log = new MemoryEventLog();
        var clicks = ClickGen.Clicks(seed: 15, count: 200);
        await ClickGen.AppendAsync(log, clicks, Projector.Partitions, perEvent: 10);
        await using var process = await ClosingProcess.StartAsync(log, new SetClock { Now = ClickGen.Start.AddDays(1) });
        log.BeforeAppend = _ =>
        {
            // As the service does each time it does not get the lock.
            ((LedgerCloser)process.Billing).Forget();
            return Task.CompletedTask;
        };
        var entries = await process.Billing.CloseAsync(TestContext.Current.CancellationToken);
        Assert.Equal(clicks.Count, entries.Sum(e => e.Rows.Sum(r => r.Clicks.Gross)));
    }

    [Fact]
    public async Task Nothing_is_closed_on_top_of_an_entry_that_was_changed()
    {
        await using var log = new MemoryEventLog();
        await ClickGen.AppendAsync(log, ClickGen.Clicks(seed: 14, count: 20), Projector.Partitions, perEvent: 10);
        var clock = new SetClock { Now = ClickGen.Start.AddDays(1) };
        await using (var process = await ClosingProcess.StartAsync(log, clock)) await process.Billing.CloseAsync(TestContext.Current.CancellationToken);

        await using var changed = new MemoryEventLog();
        foreach (var stream in Enumerable.Range(0, Projector.Partitions).Select(StreamNames.Clicks).Append(StreamNames.Reference).Append(StreamNames.Billing))
        {
            await foreach (var e in log.ReadAsync(stream, ReadDirection.Forwards, 0, cancellationToken: TestContext.Current.CancellationToken))
            {
                var data = stream == StreamNames.Billing ? System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(e.Data.Span).Replace("\"counted\":1", "\"counted\":2", StringComparison.Ordinal)) : e.Data;
                await changed.AppendAsync(stream, ExpectedRevision.Any, [new EventData(e.Id, e.Type, data, e.Metadata)], TestContext.Current.CancellationToken);
            }
        }

        clock.Now += TimeSpan.FromDays(1);
        await using var other = await ClosingProcess.StartAsync(changed, clock);
        await Assert.ThrowsAsync<InvalidDataException>(() => other.Billing.CloseAsync(TestContext.Current.CancellationToken));
    }

    private static async Task TryCloseAsync(IBilling billing)
    {
        try
        {
            await billing.CloseAsync(TestContext.Current.CancellationToken);
        }
        catch (EventLogUnavailableException)
        {
        }
    }

    private static async Task<List<LedgerEntry>> ReadAsync(IEventLog log)
    {
        var history = new CloseHistory();
        var previous = LedgerHash.Beginning;
        await foreach (var (_, entry) in new LedgerStore(log).ReadAsync(0, TestContext.Current.CancellationToken))
        {
            history.Add(entry);
            Assert.Equal(previous, entry.PreviousHash);
            Assert.Equal(LedgerHash.Of(entry), entry.Hash);
            previous = entry.Hash;
        }

        return [.. history.Entries];
    }
}
