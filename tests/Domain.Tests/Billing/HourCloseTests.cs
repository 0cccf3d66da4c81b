using Adclicks.Domain.Billing;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.Reference;
using CsCheck;

namespace Adclicks.Domain.Tests.Billing;

public sealed class HourCloseTests
{
    private static readonly Gen<(LogEvent[] Events, (int At, int Through, bool EvenIfEmpty)[] Closes)> Runs =
        Gen.Select(BillingLog.Events, Gen.Select(Gen.Int[0, 60], Gen.Int[0, 6], Gen.Bool).Array[0, 6]);

    [Fact]
    public void Every_click_belongs_to_one_entry_and_a_closer_that_begins_anew_writes_the_same_ones() => Runs.Sample(run =>
    {
        var ledger = new List<LedgerEntry>();
        var going = new BillingLog.Books(null);
        var read = 0;
        foreach (var (at, through, evenIfEmpty) in run.Closes.OrderBy(c => c.At))
        {
            var to = Math.Min(at, run.Events.Length);
            going.Read(run.Events[read..to]);
            read = to;
            var anew = new BillingLog.Books(ledger.LastOrDefault());
            anew.Read(run.Events[..to]);
            var expected = anew.Close(through, ledger.LastOrDefault(), evenIfEmpty);
            var entries = going.Close(through, ledger.LastOrDefault(), evenIfEmpty);
            Assert.Equal(expected.Select(e => Convert.ToHexString(e.Hash.Span)), entries.Select(e => Convert.ToHexString(e.Hash.Span)));
            ledger.AddRange(entries);
        }

        going.Read(run.Events[read..]);
        var last = going.Close(10, ledger.LastOrDefault());
        ledger.AddRange(last);
        var rows = ledger.SelectMany(e => e.Rows.Concat(e.Adjustments)).ToList();
        Assert.Equal(run.Events.Where(e => !e.IsBroken).Sum(e => e.Clicks.Length), rows.Sum(r => r.Clicks.Gross));
        Assert.All(rows, r => Assert.Equal(r.Clicks.Gross, r.Clicks.Billable + r.Clicks.Fraudulent + r.Clicks.Duplicates));
        AssertAudited(run.Events, ledger);
    });

    [Fact]
    public void Entries_come_back_from_their_events_whatever_the_size_of_the_parts() => Gen.Select(BillingLog.Events, Gen.Int[1, 5]).Sample((events, size) =>
    {
        var books = new BillingLog.Books(null);
        books.Read(events);
        var reader = new LedgerReader();
        foreach (var entry in books.Close(10, null, evenIfEmpty: true))
        {
            var parts = LedgerEvents.ToJson(entry, size);
            // Somebody was stopped on the way.
            foreach (var part in parts.SkipLast(1)) Assert.Null(reader.Take(LedgerEvents.HourClosed, part));
            var read = parts.Select(p => reader.Take(LedgerEvents.HourClosed, p)).ToList();
            Assert.All(read.SkipLast(1), Assert.Null);
            Assert.Equal(entry.Hash, LedgerHash.Of(read[^1]!));
            Assert.Equal(entry.Hash, read[^1]!.Hash);
        }
    });

    /// <summary>Sharing the clicks out by the entries alone gives what the entries say.</summary>
    private static void AssertAudited(LogEvent[] events, List<LedgerEntry> ledger)
    {
        var history = new CloseHistory();
        foreach (var entry in ledger) history.Add(entry);
        var audits = Enumerable.Range(0, BillingLog.Partitions).Select(p => new PartitionAudit(p, history, 0, 100)).ToArray();
        var replays = Enumerable.Range(0, BillingLog.Partitions).Select(p => new PartitionReplay(p, new DedupOptions(), new ReferenceHistory())).ToArray();
        foreach (var e in events)
        {
            var replay = replays[e.Partition];
            if (!replay.Apply(replay.Revision + 1, ClicksRecorded.EventType, BillingLog.Bytes(e), default, -1, audits[e.Partition])) audits[e.Partition].Refuse(replay.Revision);
        }

        for (var i = 0; i < ledger.Count; i++)
        {
            foreach (var isLate in new[] { false, true })
            {
                var sets = audits.Select((a, p) => (Partition: p, Set: a.Sets.GetValueOrDefault((i, isLate)))).Where(s => s.Set is not null).ToList();
                var hash = LedgerHash.OfClicks(sets.Select(s => (s.Partition, s.Set!.Chain)));
                Assert.Equal(Convert.ToHexString((isLate ? ledger[i].AdjustmentsHash : ledger[i].ClicksHash).Span), Convert.ToHexString(hash));
                Assert.Equal((isLate ? ledger[i].Adjustments : ledger[i].Rows).Sum(r => r.Clicks.Gross), sets.Sum(s => s.Set!.Chain.Count));
            }

            Assert.Equal(ledger[i].RefusedEvents, audits.Sum(a => a.RefusedEvents.GetValueOrDefault(i)));
        }
    }
}
