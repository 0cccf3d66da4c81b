using Adclicks.Domain.Clicks;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.InvalidTraffic;

namespace Adclicks.Domain.Tests.Dedup;

public sealed class ClickJudgeTests
{
    private static readonly RuleSet NoRules = new([]);
    private static readonly DedupOptions Small = new() { MemoryClicks = 50, MemoryMs = 5_000 };

    [Theory]
    [InlineData(0, false)]
    [InlineData(9_999, false)]
    [InlineData(-9_999, false)]
    [InlineData(10_000, true)]
    [InlineData(-10_000, true)]
    public void A_click_within_the_window_either_side_is_a_duplicate(int distanceMs, bool isCounted)
    {
        var judge = new ClickJudge(new DedupOptions());
        Assert.True(judge.Judge(View("a", 100_000, 100_000), NoRules).IsCounted);

        Assert.Equal(isCounted, judge.Judge(View("b", 100_000 + distanceMs, 100_001), NoRules).IsCounted);
    }

    [Fact]
    public void Only_counted_clicks_make_duplicates_of_others_but_every_id_is_used_up()
    {
        var judge = new ClickJudge(new DedupOptions());

        Assert.Equal("counted", judge.Judge(View("a", 100_000, 100_000), NoRules).Name);
        Assert.Equal("duplicate:visitor", judge.Judge(View("b", 108_000, 108_000), NoRules).Name);
        Assert.Equal("counted", judge.Judge(View("c", 112_000, 112_000), NoRules).Name);
        Assert.Equal("duplicate:event_id", judge.Judge(View("b", 190_000, 113_000), NoRules).Name);
    }

    [Fact]
    public void What_is_remembered_depends_on_the_log_alone_whatever_the_segments_and_restarts()
    {
        var clicks = Clicks(2_000).ToList();
        var expected = ByDefinition(clicks);

        foreach (var segment in new[] { 1, 7, 333, 5_000 })
        {
            var stored = new SortedDictionary<long, byte[]>();
            var verdicts = new List<string>();
            foreach (var batch in clicks.Chunk(segment))
            {
                var judge = new ClickJudge(Small);
                foreach (var (number, state) in stored) judge.Restore(number, state);
                foreach (var (id, visitor, clicked, server) in batch) verdicts.Add(judge.Judge(View(id, clicked, server, visitor), NoRules).Name);
                var (last, bytes) = judge.TakeSegment();
                stored.Add(last, bytes);
                foreach (var old in stored.Keys.Where(n => n < judge.FirstSegment).ToArray()) stored.Remove(old);
            }

            Assert.Equal(expected, verdicts);
        }
    }

    private static List<string> ByDefinition(List<(string Id, int Visitor, long Clicked, long Server)> clicks)
    {
        var names = new List<string>();
        var clock = 0L;
        for (var i = 0; i < clicks.Count; i++)
        {
            var click = clicks[i];
            clock = Math.Max(clock, click.Server);
            var remembered = Enumerable.Range(0, i).Where(j => j >= i - Small.MemoryClicks || clock - clicks[j].Server < Small.MemoryMs).ToList();
            names.Add(remembered.Any(j => clicks[j].Id == click.Id) ? "duplicate:event_id"
                : remembered.Any(j => names[j] == "counted" && clicks[j].Visitor == click.Visitor && Math.Abs(clicks[j].Clicked - click.Clicked) < Small.WindowMs) ? "duplicate:visitor"
                : "counted");
        }

        return names;
    }

    private static IEnumerable<(string Id, int Visitor, long Clicked, long Server)> Clicks(int count)
    {
        var random = new Random(11);
        for (var i = 0; i < count; i++)
        {
            var server = 1_000_000 + (i * 40L) + random.Next(-3_000, 3_000);
            yield return ($"e{random.Next(count)}", random.Next(30), server - random.Next(20_000), server);
        }
    }

    private static ClickView View(string id, long clickedMs, long serverMs, int visitor = 0)
    {
        var packed = ClickEncoder.Encode(new Click
        {
            EventId = id, ClickedAtMs = clickedMs, ServerTimestampMs = serverMs, AdId = "ad", VisitorHash = BitConverter.GetBytes((long)visitor),
        });
        var clicks = ClicksRecorded.Read(packed);
        return clicks.MoveNext() ? clicks.Current : throw new InvalidOperationException();
    }
}
