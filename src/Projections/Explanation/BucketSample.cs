using System.IO.Hashing;
using System.Text;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.Reference;
using Adclicks.EventStore;

namespace Adclicks.Projections.Explanation;

/// <summary>
/// Buckets of an hour and an ad drawn at random, each with all of its clicks, until there are enough clicks. A bucket's number is a hash of it
/// and the seed; those with the lowest numbers are drawn, so one pass over the log and the memory of the sample do.
/// </summary>
public sealed class BucketSample
{
    private readonly int _clicks;
    private readonly long _seed;
    private readonly int _endHour;
    private readonly Lock _gate = new();
    private readonly Dictionary<(int Hour, string AdId), List<ClickAddress>> _buckets = [];
    private readonly SortedSet<(ulong Number, int Hour, string AdId)> _drawn = [];
    private ulong _limit = ulong.MaxValue;
    private int _taken;

    private BucketSample(int clicks, int seed, int endHour) => (_clicks, _seed, _endHour) = (clicks, seed, endHour);

    /// <summary>Draws buckets.</summary>
    /// <param name="log">The log.</param>
    /// <param name="partitions">Of its click streams.</param>
    /// <param name="reference">The reference data, read to its end.</param>
    /// <param name="clicks">As many clicks at least, if there are.</param>
    /// <param name="seed">Another one draws others.</param>
    /// <param name="endHour">Only hours before it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<IReadOnlyDictionary<(int Hour, string AdId), List<ClickAddress>>> DrawAsync(
        IEventLog log, int partitions, ReferenceHistory reference, int clicks, int seed, int endHour, CancellationToken cancellationToken)
    {
        var sample = new BucketSample(clicks, seed, endHour);
        var replay = await CoveredReplay.OpenAsync(log, reference, new DedupOptions(), cancellationToken);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, partitions), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken },
            async (p, stop) => await replay.ReadAsync(p, long.MaxValue, new Sink(sample), next: null, stop));
        return sample._buckets;
    }

    private void Add(in JudgedClick click)
    {
        if (click.Hour >= _endHour) return;
        var number = XxHash64.HashToUInt64(click.Click.AdId, (_seed << 32) + click.Hour);
        if (number >= Volatile.Read(ref _limit)) return;
        var bucket = (click.Hour, Encoding.UTF8.GetString(click.Click.AdId));
        lock (_gate)
        {
            if (number >= _limit) return;
            if (!_buckets.TryGetValue(bucket, out var addresses)) (_buckets[bucket], _) = (addresses = [], _drawn.Add((number, bucket.Hour, bucket.Item2)));
            addresses.Add(new ClickAddress(click.Partition, click.Revision, click.Index));
            _taken++;
            while (_taken - _buckets[LastDrawn()].Count >= _clicks) Return(LastDrawn());
        }
    }

    private (int Hour, string AdId) LastDrawn() => (_drawn.Max.Hour, _drawn.Max.AdId);

    /// <summary>What was returned once is not drawn again: it would lack clicks.</summary>
    private void Return((int Hour, string AdId) bucket)
    {
        _limit = _drawn.Max.Number;
        _drawn.Remove(_drawn.Max);
        _buckets.Remove(bucket, out var clicks);
        _taken -= clicks!.Count;
    }

    private sealed class Sink(BucketSample sample) : IJudgedClicks
    {
        public void Add(in JudgedClick click) => sample.Add(click);
    }
}
