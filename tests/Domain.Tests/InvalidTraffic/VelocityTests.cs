using Adclicks.Domain.Clicks;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.InvalidTraffic;
using Adclicks.Domain.Reference;
using CsCheck;

namespace Adclicks.Domain.Tests.InvalidTraffic;

public sealed class VelocityTests
{
    private static readonly Gen<VelocityLimit[]> GenRules = Gen.Select(Gen.Int[1, 6], Gen.Int[1, 20], Gen.Bool, (n, seconds, byIp) =>
        new VelocityLimit("", n, seconds, byIp ? VelocityScope.Ip : VelocityScope.Visitor)).Array[0, 3].Select(rules => rules.Select((r, i) => r with { Id = $"v{i}" }).ToArray());

    private static readonly Gen<Seen> GenClick =
        Gen.Select(Gen.Int[0, 400], Gen.Int[0, 1], Gen.Int[0, 3], Gen.Int[-1, 2], Gen.Int[0, 300], Gen.Int[0, 40], (id, ad, visitor, ip, server, late) =>
            new Seen($"e{id}", ad, visitor, ip, (server * 500L) - (late * 500L) + 60_000, server * 500L));

    private static readonly Gen<DedupOptions> GenOptions = Gen.Select(Gen.Int[1, 20], Gen.Int[1, 60], Gen.Int[0, 20], (window, clicks, seconds) =>
        new DedupOptions { WindowMs = window * 1_000, MemoryClicks = clicks, MemoryMs = seconds * 1_000 });

    /// <summary>Times in and out of order, small memories, rules that come and go, restarts anywhere.</summary>
    [Fact]
    public void Verdicts_are_those_of_the_definition_whatever_the_order_of_times_and_the_restarts() =>
        Gen.Select(GenOptions, GenRules, GenRules, GenClick.Array[0, 250], Gen.Int[1, 60], Gen.Bool).Sample(
            (options, first, second, clicks, segment, inOrder) =>
            {
                if (inOrder) clicks = [.. clicks.OrderBy(c => c.Server)];
                VelocityLimit[] RulesAt(int i) => i / 40 % 2 == 0 ? first : second;
                return ByDefinition(clicks, options, RulesAt).SequenceEqual(Judged(clicks, options, RulesAt, segment));
            },
            iter: 1_000);

    [Fact]
    public void A_burst_beyond_the_memory_is_marked_and_soon_judged()
    {
        var judge = new ClickJudge(new DedupOptions { MemoryClicks = 20_000, MemoryMs = 60_000 });
        var rules = new RuleSet([new VelocityLimit("fast", 1_000, 60, VelocityScope.Ip), new VelocityLimit("fast2", 100_000, 3_600, VelocityScope.Visitor)]);
        var verdicts = Enumerable.Range(0, 100_000).Select(i => judge.Judge(View(new Seen($"{i}", 0, i % 5_000, 1, 1_000_000 + i, 1_000_000 + i)), rules).Name).ToList();

        Assert.Equal(1_000, verdicts.Count(v => v == "counted"));
        Assert.Equal(45_000 + 4_000, verdicts.Count(v => v == "marked:rule:fast"));
    }

    private static List<string> Judged(Seen[] clicks, DedupOptions options, Func<int, VelocityLimit[]> rulesAt, int segment)
    {
        var stored = new SortedDictionary<long, byte[]>();
        var verdicts = new List<string>();
        foreach (var batch in clicks.Chunk(segment))
        {
            var judge = new ClickJudge(options);
            foreach (var (number, state) in stored) judge.Restore(number, state);
            foreach (var click in batch) verdicts.Add(judge.Judge(View(click), new RuleSet(rulesAt(verdicts.Count))).Name);
            var (last, bytes) = judge.TakeSegment();
            stored.Add(last, bytes);
            foreach (var old in stored.Keys.Where(n => n < judge.FirstSegment).ToArray()) stored.Remove(old);
        }

        return verdicts;
    }

    /// <summary>Every click compared with every one before it.</summary>
    private static List<string> ByDefinition(Seen[] clicks, DedupOptions options, Func<int, VelocityLimit[]> rulesAt)
    {
        var names = new List<string>();
        for (var i = 0; i < clicks.Length; i++)
        {
            var click = clicks[i];
            var clock = clicks.Take(i + 1).Max(c => c.Server);
            var known = Enumerable.Range(0, i)
                .Where(j => j >= i - options.MemoryClicks || (clock - clicks[j].Server < options.MemoryMs && j >= i - (16 * options.MemoryClicks))).ToList();
            names.Add(known.Any(j => clicks[j].Id == click.Id) ? "duplicate:event_id"
                : known.Any(j => !names[j].StartsWith("duplicate", StringComparison.Ordinal) && clicks[j].Ad == click.Ad && clicks[j].Visitor == click.Visitor
                    && Math.Abs(clicks[j].Clicked - click.Clicked) < options.WindowMs) ? "duplicate:visitor"
                : rulesAt(i).FirstOrDefault(r => IsTooFast(r, click, known.Where(j => names[j] != "duplicate:event_id").Select(j => clicks[j]))) is { } rule ? $"marked:rule:{rule.Id}"
                : "counted");
        }

        return names;
    }

    /// <summary>Whether a window of the rule's length has the click and at least as many others as are still good.</summary>
    private static bool IsTooFast(VelocityLimit rule, Seen click, IEnumerable<Seen> before)
    {
        var same = before.Where(b => b.Ad == click.Ad && (rule.Per == VelocityScope.Ip ? b.Ip == click.Ip && click.Ip >= 0 : b.Visitor == click.Visitor)).ToList();
        return same.Append(click).Any(start => start.Clicked <= click.Clicked && click.Clicked < start.Clicked + (rule.WindowSeconds * 1000L)
            && same.Count(s => s.Clicked >= start.Clicked && s.Clicked < start.Clicked + (rule.WindowSeconds * 1000L)) >= rule.MaxClicks);
    }

    private static ClickView View(Seen click)
    {
        var packed = ClickEncoder.Encode(new Click
        {
            EventId = click.Id, AdId = $"ad{click.Ad}", ClickedAtMs = click.Clicked, ServerTimestampMs = click.Server,
            VisitorHash = BitConverter.GetBytes((long)click.Visitor), IpHash = click.Ip < 0 ? default : BitConverter.GetBytes((long)click.Ip),
        });
        var clicks = ClicksRecorded.Read(packed);
        return clicks.MoveNext() ? clicks.Current : throw new InvalidOperationException();
    }

    private readonly record struct Seen(string Id, int Ad, int Visitor, int Ip, long Clicked, long Server);
}
