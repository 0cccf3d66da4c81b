using Adclicks.Domain.InvalidTraffic;
using Adclicks.Domain.Reference;

namespace Adclicks.Domain.Dedup;

/// <summary>
/// The clicks of a partition that later ones are compared with: a ring in log order, with two hash indices whose chains
/// run from new to old through the entries. A chain ends where it reaches an entry that has left the ring, and nothing is
/// ever unlinked. What velocity rules count is indexed from the first such rule on.
/// </summary>
internal sealed class ClickMemory(DedupOptions options)
{
    private const int StartCapacity = 64;
    private const long None = -1;

    private readonly PriorityQueue<long, long> _recent = new();
    private SourceClicks? _ofAddresses, _ofVisitors;
    private Entry[] _ring = new Entry[StartCapacity];
    private long[] _byVisitor = NewHeads(StartCapacity);
    private long[] _byEventId = NewHeads(StartCapacity);
    private long _toExamine;

    /// <summary>The place of the oldest click kept, and of the next one to come.</summary>
    public long First { get; private set; }

    public long Next { get; private set; }

    /// <summary>The latest receive time seen, Unix milliseconds.</summary>
    public long ClockMs { get; private set; }

    public ref readonly Entry this[long place] => ref At(place);

    /// <summary>A click is about to be judged: the clock moves on, and what is too old is forgotten.</summary>
    public void Advance(long serverMs)
    {
        ClockMs = Math.Max(ClockMs, serverMs);
        while (_recent.TryPeek(out var place, out var receivedMs) && ClockMs - receivedMs >= options.MemoryMs)
        {
            _recent.Dequeue();
            Forget(place);
        }

        Trim();
    }

    /// <summary>Whether a counted click of that visitor and ad is less than the window away.</summary>
    public bool HasCountedNear(ulong visitor, long clickedMs)
    {
        for (var place = _byVisitor[visitor & Mask]; place >= First; place = Previous(place, At(place).PreviousVisitor))
        {
            ref readonly var entry = ref At(place);
            if (entry.Visitor == visitor && Math.Abs(entry.ClickedMs - clickedMs) < options.WindowMs && !entry.IsForgotten) return true;
        }

        return false;
    }

    /// <summary>Whether a click of that id was seen.</summary>
    public bool HasSeen(ulong eventId)
    {
        for (var place = _byEventId[eventId & Mask]; place >= First; place = Previous(place, At(place).PreviousEventId))
        {
            ref readonly var entry = ref At(place);
            if (entry.EventId == eventId && !entry.IsForgotten) return true;
        }

        return false;
    }

    /// <summary>The clicks by source and ad, duplicates included; a repeated event id is not another click.</summary>
    public SourceClicks Sources(VelocityScope scope) => scope == VelocityScope.Ip
        ? _ofAddresses ??= IndexSources(e => e.Address)
        : _ofVisitors ??= IndexSources(e => e.Visitor);

    public void Add(Entry entry)
    {
        ClockMs = Math.Max(ClockMs, entry.ServerMs);
        Examine();
        if (Next - First == _ring.Length) Grow();
        Link(Next, entry);
        Next++;
        if (entry.IsRepeated) return;
        _ofAddresses?.Add(entry.Address, entry.ClickedMs);
        _ofVisitors?.Add(entry.Visitor, entry.ClickedMs);
    }

    /// <summary>An empty memory takes up where another one was.</summary>
    public void StartAt(long place) => First = Next = _toExamine = place;

    private ulong Mask => (ulong)_ring.Length - 1;

    private ref Entry At(long place) => ref _ring[place & (_ring.Length - 1)];

    private static long Previous(long place, int distance) => distance == 0 ? None : place - distance;

    /// <summary>One more is coming: those that are then no longer among the last ones stay only as long as they are recent.</summary>
    private void Examine()
    {
        for (; _toExamine <= Next - options.MemoryClicks; _toExamine++)
        {
            var receivedMs = At(_toExamine).ServerMs;
            if (ClockMs - receivedMs >= options.MemoryMs) Forget(_toExamine);
            else _recent.Enqueue(_toExamine, receivedMs);
        }

        while (Next - First >= options.MostClicks)
        {
            Forget(First);
            First++;
        }

        Trim();
    }

    private void Trim()
    {
        while (First < Next && At(First).IsForgotten) First++;
    }

    private void Forget(long place)
    {
        if (place < First) return;
        ref var entry = ref At(place);
        if (entry.IsForgotten) return;
        entry.IsForgotten = true;
        if (entry.IsRepeated) return;
        _ofAddresses?.Remove(entry.Address, entry.ClickedMs);
        _ofVisitors?.Remove(entry.Visitor, entry.ClickedMs);
    }

    private SourceClicks IndexSources(Func<Entry, ulong> source)
    {
        var sources = new SourceClicks();
        for (var place = First; place < Next; place++)
        {
            var entry = At(place);
            if (!entry.IsForgotten && !entry.IsRepeated) sources.Add(source(entry), entry.ClickedMs);
        }

        return sources;
    }

    private void Link(long place, Entry entry)
    {
        entry.PreviousEventId = Push(_byEventId, entry.EventId, place);
        entry.PreviousVisitor = entry.IsCounted ? Push(_byVisitor, entry.Visitor, place) : 0;
        At(place) = entry;
    }

    /// <summary>Puts a place at the head of its chain. How far back the one before is; 0 where there is none.</summary>
    private int Push(long[] heads, ulong key, long place)
    {
        ref var head = ref heads[key & Mask];
        var distance = head < First ? 0 : (int)(place - head);
        head = place;
        return distance;
    }

    private void Grow()
    {
        var old = _ring;
        _ring = new Entry[old.Length * 2];
        _byVisitor = NewHeads(_ring.Length);
        _byEventId = NewHeads(_ring.Length);
        for (var place = First; place < Next; place++) Link(place, old[place & (old.Length - 1)]);
    }

    private static long[] NewHeads(int count)
    {
        var heads = new long[count];
        Array.Fill(heads, None);
        return heads;
    }

    /// <summary>One click. The keys are 64-bit hashes; two of the clicks compared share one by chance in 1e14 clicks.</summary>
    internal struct Entry
    {
        public long ServerMs, ClickedMs;

        /// <summary>Event id; visitor and ad; address and ad, <see cref="SourceClicks.None"/> where there is no address.</summary>
        public ulong EventId, Visitor, Address;

        /// <summary>How far back the chain goes on; 0 at its end.</summary>
        public int PreviousVisitor, PreviousEventId;

        /// <summary>Counted: not a duplicate. Repeated: a click of that id was there before.</summary>
        public bool IsCounted, IsRepeated, IsForgotten;
    }
}
