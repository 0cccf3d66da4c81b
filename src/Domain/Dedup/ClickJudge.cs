using System.IO.Hashing;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.InvalidTraffic;

namespace Adclicks.Domain.Dedup;

/// <summary>
/// Judges the clicks of one partition, in log order. The verdicts are a function of that order alone: neither batches
/// nor restarts nor the wall clock have a part in them.
/// </summary>
public sealed class ClickJudge(DedupOptions options)
{
    private const int MaxMarks = 10_000;

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

    /// <summary>The verdict on the next click of the partition.</summary>
    /// <param name="click">The click.</param>
    /// <param name="rules">Those in force at the revision it was recorded with.</param>
    public Verdict Judge(in ClickView click, RuleSet rules)
    {
        _memory.Advance(click.ServerTimestampMs);
        var entry = EntryOf(click);
        entry.IsRepeated = _memory.HasSeen(entry.EventId);
        var verdict = entry.IsRepeated ? Verdict.DuplicateEventId
            : _memory.HasCountedNear(entry.Visitor, click.ClickedAtMs) ? Verdict.DuplicateVisitor
            : rules.Mark(click, _memory, entry) is { } mark ? Marked(mark)
            : Verdict.Counted;
        entry.IsCounted = verdict.IsCounted;
        _memory.Add(entry);
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

    private static ClickMemory.Entry EntryOf(in ClickView click) => new()
    {
        ServerMs = click.ServerTimestampMs,
        ClickedMs = click.ClickedAtMs,
        EventId = XxHash3.HashToUInt64(click.EventId),
        Visitor = OnAd(click, click.VisitorHash),
        Address = click.IpHash.IsEmpty ? SourceClicks.None : OnAd(click, click.IpHash),
    };

    private static ulong OnAd(in ClickView click, ReadOnlySpan<byte> source) =>
        XxHash3.HashToUInt64(click.AdId, (long)XxHash3.HashToUInt64(source));

    private Verdict Marked(string rule)
    {
        if (_marks.TryGetValue(rule, out var verdict)) return verdict;
        if (_marks.Count >= MaxMarks) _marks.Clear();
        return _marks[rule] = Verdict.Marked(rule);
    }
}
