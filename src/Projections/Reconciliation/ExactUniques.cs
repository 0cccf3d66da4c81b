using System.IO.Hashing;
using System.Text;
using Adclicks.Domain.Billing;

namespace Adclicks.Projections.Reconciliation;

/// <summary>
/// Distinct users and addresses behind counted clicks, by hour and advertiser, counted and not estimated. Memory: 8 bytes and more for
/// each, so for ranges that deserve it.
/// </summary>
public sealed class ExactUniques(int partitions, int from, int to)
{
    private readonly Sink[] _sinks = [.. Enumerable.Range(0, partitions).Select(_ => new Sink(from, to))];

    /// <summary>By hour and advertiser.</summary>
    public IReadOnlyDictionary<(int Hour, string AdvertiserId), (long Users, long Ips)> Count()
    {
        var all = new Dictionary<(int, string), (HashSet<ulong> Users, HashSet<ulong> Ips)>();
        foreach (var (key, sets) in _sinks.SelectMany(s => s.Sets))
        {
            if (!all.TryGetValue(key, out var sum)) all[key] = sum = ([], []);
            sum.Users.UnionWith(sets.Users);
            sum.Ips.UnionWith(sets.Ips);
        }

        return all.ToDictionary(s => s.Key, s => ((long)s.Value.Users.Count, (long)s.Value.Ips.Count));
    }

    internal IJudgedClicks Of(int partition) => _sinks[partition];

    private sealed class Sink(int from, int to) : IJudgedClicks
    {
        public Dictionary<(int Hour, string AdvertiserId), (HashSet<ulong> Users, HashSet<ulong> Ips)> Sets { get; } = [];

        public void Add(in JudgedClick click)
        {
            if (!click.Verdict.IsCounted || click.Hour < from || click.Hour >= to) return;
            var key = (click.Hour, Encoding.UTF8.GetString(click.AdvertiserId));
            if (!Sets.TryGetValue(key, out var sets)) Sets[key] = sets = ([], []);
            sets.Users.Add(XxHash3.HashToUInt64(click.Click.VisitorHash));
            if (!click.Click.IpHash.IsEmpty) sets.Ips.Add(XxHash3.HashToUInt64(click.Click.IpHash));
        }
    }
}
