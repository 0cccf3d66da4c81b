using System.Text;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.InvalidTraffic;
using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;

namespace Adclicks.Projections.Explanation;

/// <summary>Watches a replay of one partition, remembers what the clicks to explain are compared with, and explains them as they pass.</summary>
internal sealed class ExplainingSink(
    IReadOnlyList<ClickAddress> targets, HashSet<string> interest, CloseHistory history, ReferenceHistory reference, DedupOptions dedup) : IJudgedClicks
{
    /// <summary>Earlier clicks remembered of one source.</summary>
    private const int MaxEarlier = 10_000;

    private readonly HashSet<(long, int)> _targets = [.. targets.Select(t => (t.Revision, t.Index))];
    private readonly Dictionary<string, List<EarlierClick>> _earlier = new(StringComparer.Ordinal);

    public List<(ClickAddress, Explanation)> Explained { get; } = [];

    /// <summary>Of the event that passes.</summary>
    public ReadOnlyMemory<byte> Metadata { get; set; }

    public void Add(in JudgedClick click)
    {
        if (_targets.Contains((click.Revision, click.Index))) Explained.Add((new ClickAddress(click.Partition, click.Revision, click.Index), Explain(click)));
        foreach (var key in SourceKeys.Of(click.Click))
        {
            if (!interest.Contains(key)) continue;
            if (!_earlier.TryGetValue(key, out var list)) _earlier[key] = list = [];
            if (list.Count == MaxEarlier) list.RemoveAt(0);
            list.Add(new EarlierClick(
                Encoding.UTF8.GetString(click.Click.EventId), StreamNames.Clicks(click.Partition), click.Revision, click.Index, Time(click.Click.ClickedAtMs), click.Verdict.Name));
        }
    }

    private Explanation Explain(in JudgedClick click)
    {
        var recorded = Math.Max(-1, ClicksRecordedMetadata.ReadReferenceRevision(Metadata.Span));
        var view = reference.AsOf(recorded);
        var counted = click.Verdict.IsCounted ? 1 : 0;
        var fraudulent = click.Verdict.Mark is null ? 0 : 1;
        var at = Time(click.Click.ClickedAtMs);
        return new Explanation(
            Encoding.UTF8.GetString(click.Click.EventId), StreamNames.Clicks(click.Partition), click.Revision, click.Index,
            ClickFields.Of(click.Click),
            new AppliedReference(recorded, new ClickJoin(click.Click, view).IsAdRegistered, Encoding.UTF8.GetString(click.CampaignId), Encoding.UTF8.GetString(click.AdvertiserId)),
            click.Verdict.Name,
            Rules(click, view),
            new CountedClick(Floor(at, TimeSpan.TicksPerMinute), Floor(at, TimeSpan.TicksPerHour), DateOnly.FromDateTime(at.UtcDateTime), 1, counted, fraudulent, counted - fraudulent),
            Billed(click))
        {
            Sealed = click.Click.Sealed.IsEmpty ? null : new SealedCopy(click.Click.SealedDay, click.Click.VisitorHash.ToArray(), click.Click.Sealed.ToArray()),
        };
    }

    /// <summary>In the order they are asked; behind the one that hits none is.</summary>
    private List<AskedRule> Rules(in JudgedClick click, ReferenceView view)
    {
        var asked = new List<AskedRule>();
        var name = click.Verdict.Name;
        var atMs = click.Click.ClickedAtMs;
        Ask(name == Verdict.DuplicateEventId.Name, "duplicate:event_id", new DuplicateFacts(null, Earlier(SourceKeys.Id(click.Click)).LastOrDefault(), null));
        var near = Earlier(SourceKeys.Visitor(click.Click)).LastOrDefault(e => !e.Verdict.StartsWith("duplicate", StringComparison.Ordinal) && Distance(e, atMs) < dedup.WindowMs);
        Ask(name == Verdict.DuplicateVisitor.Name, "duplicate:visitor", new DuplicateFacts(dedup.WindowMs, near, near is null ? null : Distance(near, atMs)));
        foreach (var rule in view.Rules.OfType<BlockedIpRange>()) Ask(IsMark(click, rule), RuleSet.MarkOf(rule.Id), rule with { AddressHashes = [] });
        Ask(click.Verdict.Mark == RuleSet.Crawler, RuleSet.Crawler, click.Click.Crawler.IsEmpty ? null : Encoding.UTF8.GetString(click.Click.Crawler));
        foreach (var rule in view.Rules.OfType<BadUserAgent>()) Ask(IsMark(click, rule), RuleSet.MarkOf(rule.Id), rule);
        var mark = Encoding.UTF8.GetString(click.Click.IngestMark);
        Ask(mark.Length > 0 && click.Verdict.Mark == mark, "ingest_mark", mark.Length == 0 ? null : mark);
        foreach (var rule in view.Rules.OfType<VelocityLimit>())
        {
            var source = rule.Per == VelocityScope.Ip ? SourceKeys.Address(click.Click) : SourceKeys.Visitor(click.Click);
            Ask(IsMark(click, rule), RuleSet.MarkOf(rule.Id), new VelocityFacts(rule, Earlier(source).Count(e => e.Verdict != Verdict.DuplicateEventId.Name && Distance(e, atMs) < rule.WindowSeconds * 1000L)));
        }

        return asked;

        void Ask(bool hit, string rule, object? facts)
        {
            var isOver = asked.Any(a => a.Outcome is "hit" or "not_asked");
            asked.Add(isOver ? new AskedRule(rule, "not_asked", null) : new AskedRule(rule, hit ? "hit" : "passed", facts));
        }
    }

    private BilledClick Billed(in JudgedClick click)
    {
        var (place, isLate) = history.PlaceOf(click.Partition, click);
        if (place == history.Entries.Count) return new BilledClick("open", null, null, null);
        var entry = history.Entries[place];
        return new BilledClick(isLate ? "adjustment" : "closed", BillingHour.Start(entry.Hour), Convert.ToHexStringLower(entry.Hash.Span), Time(entry.ClosedAtMs));
    }

    private List<EarlierClick> Earlier(string key) => _earlier.GetValueOrDefault(key) ?? [];

    private static bool IsMark(in JudgedClick click, Rule rule) => click.Verdict.Mark == RuleSet.MarkOf(rule.Id);

    private static long Distance(EarlierClick earlier, long atMs) => Math.Abs(earlier.ClickedAt.ToUnixTimeMilliseconds() - atMs);

    private static DateTimeOffset Time(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs);

    private static DateTimeOffset Floor(DateTimeOffset time, long ticks) => new(time.UtcTicks / ticks * ticks, TimeSpan.Zero);
}
