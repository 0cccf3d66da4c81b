using System.IO.Hashing;
using System.Text;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.InvalidTraffic;

namespace Adclicks.Domain.Dedup;

/// <summary>
/// Judges the clicks of one partition, in log order. The verdicts are a function of that order alone: neither batches
/// nor restarts nor the wall clock have a part in them.
/// </summary>
public sealed class ClickJudge(DedupOptions options)
{
    /// <summary>The rule that marks clicks of known crawlers.</summary>
    public const string CrawlerRule = "crawler";

    private static readonly Verdict Crawler = Verdict.Marked(CrawlerRule);
    private readonly ClickMemory _memory = new(options);
    private readonly Queue<(long Number, long End)> _segments = [];
    private readonly Dictionary<string, Verdict> _marks = [];
    private long _stored;

    /// <summary>The latest receive time seen, Unix milliseconds.</summary>
    public long LogClockMs => _memory.ClockMs;

    /// <summary>Stored segments with a lower number are no longer needed.</summary>
    public long FirstSegment
    {
        get
        {
            while (_segments.TryPeek(out var oldest) && oldest.End <= _memory.First) _segments.Dequeue();
            return _segments.TryPeek(out var first) ? first.Number : _stored;
        }
    }

    /// <inheritdoc cref="Judge(in ClickView, RuleSet)"/>
    public Verdict Judge(in ClickView click) => Judge(click, RuleSet.Empty);

    /// <summary>The verdict on the next click of the partition.</summary>
    /// <param name="click">The click.</param>
    /// <param name="rules">Those in force at the revision it was recorded with.</param>
    public Verdict Judge(in ClickView click, RuleSet rules)
    {
        _memory.Advance(click.ServerTimestampMs);
        var eventId = XxHash3.HashToUInt64(click.EventId);
        var visitor = XxHash3.HashToUInt64(click.AdId, (long)XxHash3.HashToUInt64(click.VisitorHash));
        var verdict = _memory.HasSeen(eventId) ? Verdict.DuplicateEventId
            : _memory.HasCountedNear(visitor, click.ClickedAtMs) ? Verdict.DuplicateVisitor
            : Mark(click, rules);
        _memory.Add(new()
        {
            ServerMs = click.ServerTimestampMs, ClickedMs = click.ClickedAtMs, Visitor = visitor, EventId = eventId, IsCounted = verdict.IsCounted,
        });
        return verdict;
    }

    /// <summary>What was judged since the last call, to be stored under a number that rises.</summary>
    public (long Number, byte[] State) TakeSegment()
    {
        var number = _stored;
        var state = ClickSegment.Write(_memory, Math.Max(number, _memory.First));
        _stored = _memory.Next;
        _segments.Enqueue((number, _stored));
        return (number, state);
    }

    /// <summary>Takes up stored segments, in the order of their numbers, before anything is judged.</summary>
    /// <exception cref="FormatException">The bytes are not what <see cref="TakeSegment"/> gave.</exception>
    public void Restore(long number, ReadOnlySpan<byte> state)
    {
        ClickSegment.Read(_memory, state);
        _stored = _memory.Next;
        _segments.Enqueue((number, _stored));
    }

    /// <summary>The first that speaks against a click marks it: address, crawler list, user agent, ingest node.</summary>
    private Verdict Mark(in ClickView click, RuleSet rules)
    {
        if (rules.MarkByAddress(click) is { } address) return Marked(address);
        if (!click.Crawler.IsEmpty) return Crawler;
        if (rules.MarkByUserAgent(click) is { } userAgent) return Marked(userAgent);
        return click.IngestMark.IsEmpty ? Verdict.Counted : Marked(Encoding.UTF8.GetString(click.IngestMark));
    }

    private Verdict Marked(string rule)
    {
        if (!_marks.TryGetValue(rule, out var verdict)) _marks[rule] = verdict = Verdict.Marked(rule);
        return verdict;
    }
}
