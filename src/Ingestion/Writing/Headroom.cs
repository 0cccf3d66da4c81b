using System.Diagnostics;

namespace Adclicks.Ingestion.Writing;

/// <summary>
/// How many requests of a kind may be under way: as many as are answered within a target, found by trying, as TCP does. The
/// limit rises by a step with every round of answers in time, and falls by an eighth with one that is late.
/// </summary>
/// <param name="least">It never falls below.</param>
/// <param name="most">It never rises above; where it begins.</param>
/// <param name="target">From when a request is read to when it has its answer.</param>
internal sealed class Headroom(int least, int most, TimeSpan target)
{
    private const int StepShare = 128, CutShare = 8;
    private readonly int _most = most;
    private readonly int _step = Math.Max(1, most / StepShare);
    private int _underWay;
    private int _limit = most;
    private int _inTime;
    private long _lastCut;

    /// <summary>Those that have not left.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Whether one more would be refused.</summary>
    public bool IsFull => UnderWay >= Volatile.Read(ref _limit);

    /// <summary>Takes room for a request; false where there is none.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _underWay) <= Volatile.Read(ref _limit)) return true;
        Leave();
        return false;
    }

    /// <summary>Takes room whether there is any or not.</summary>
    public void Enter() => Interlocked.Increment(ref _underWay);

    /// <summary>Gives it back.</summary>
    public void Leave() => Interlocked.Decrement(ref _underWay);

    /// <summary>Gives it back with the answer. Threads may overwrite each other's change of the limit: the next answers make up for it.</summary>
    /// <param name="since">When the request entered (<see cref="Stopwatch.GetTimestamp"/>).</param>
    public void Answered(long since)
    {
        Leave();
        var limit = Volatile.Read(ref _limit);
        if (Stopwatch.GetElapsedTime(since) > target) Cut(limit);
        else if (limit < _most && ++_inTime >= limit) (_inTime, _limit) = (0, Math.Min(_most, limit + _step));
    }

    /// <summary>Once in a target's time: answers that were late together count as one.</summary>
    private void Cut(int limit)
    {
        var last = Volatile.Read(ref _lastCut);
        if (Stopwatch.GetElapsedTime(last) < target || Interlocked.CompareExchange(ref _lastCut, Stopwatch.GetTimestamp(), last) != last) return;
        (_inTime, _limit) = (0, Math.Max(least, limit - Math.Max(1, limit / CutShare)));
    }
}
