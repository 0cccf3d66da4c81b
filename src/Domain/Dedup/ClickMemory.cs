namespace Adclicks.Domain.Dedup;

/// <summary>
/// The clicks of a partition that later ones are compared with: a ring in log order, with two hash indices whose chains
/// run from new to old through the entries. The oldest leave first, so a chain ends where it reaches one that has left,
/// and nothing is ever unlinked.
/// </summary>
internal sealed class ClickMemory(DedupOptions options)
{
    private const int StartCapacity = 64;
    private const long None = -1;

    private Entry[] _ring = new Entry[StartCapacity];
    private long[] _byVisitor = NewHeads(StartCapacity);
    private long[] _byEventId = NewHeads(StartCapacity);

    /// <summary>The place of the oldest click kept, and of the next one to come.</summary>
    public long First { get; private set; }

    public long Next { get; private set; }

    /// <summary>The latest receive time seen, Unix milliseconds.</summary>
    public long ClockMs { get; private set; }

    public ref readonly Entry this[long place] => ref _ring[place & (_ring.Length - 1)];

    /// <summary>A click is about to be judged: the clock moves on, and what is too old leaves.</summary>
    public void Advance(long serverMs)
    {
        ClockMs = Math.Max(ClockMs, serverMs);
        while (First < Next && !IsRemembered(First)) First++;
    }

    /// <summary>Whether a counted click of that visitor and ad is less than the window away.</summary>
    public bool HasCountedNear(ulong visitor, long clickedMs)
    {
        for (var place = _byVisitor[visitor & Mask]; place >= First; place = this[place].PreviousVisitor)
        {
            ref readonly var entry = ref this[place];
            if (entry.Visitor == visitor && Math.Abs(entry.ClickedMs - clickedMs) < options.WindowMs && IsRemembered(place)) return true;
        }

        return false;
    }

    /// <summary>Whether a click of that id was seen.</summary>
    public bool HasSeen(ulong eventId)
    {
        for (var place = _byEventId[eventId & Mask]; place >= First; place = this[place].PreviousEventId)
        {
            if (this[place].EventId == eventId && IsRemembered(place)) return true;
        }

        return false;
    }

    public void Add(Entry entry)
    {
        if (Next - First == _ring.Length) Grow();
        ClockMs = Math.Max(ClockMs, entry.ServerMs);
        Link(Next, entry);
        Next++;
    }

    /// <summary>An empty memory takes up where another one was.</summary>
    public void StartAt(long place) => First = Next = place;

    private ulong Mask => (ulong)_ring.Length - 1;

    private bool IsRemembered(long place) => place >= Next - options.MemoryClicks || ClockMs - this[place].ServerMs < options.MemoryMs;

    private void Link(long place, Entry entry)
    {
        ref var byEventId = ref _byEventId[entry.EventId & Mask];
        entry.PreviousEventId = byEventId;
        byEventId = place;
        if (entry.IsCounted)
        {
            ref var byVisitor = ref _byVisitor[entry.Visitor & Mask];
            entry.PreviousVisitor = byVisitor;
            byVisitor = place;
        }

        _ring[place & (_ring.Length - 1)] = entry;
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
        public ulong Visitor, EventId;
        public bool IsCounted;
        public long PreviousVisitor, PreviousEventId;
    }
}
