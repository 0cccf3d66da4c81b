using Adclicks.Domain.Clicks;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.InvalidTraffic;
using CsCheck;

namespace Adclicks.Domain.Tests.Dedup;

/// <summary>Verdicts against the definition of a duplicate, every click compared with every one before it.</summary>
public sealed class ClickJudgeByDefinitionTests
{
    private static readonly RuleSet NoRules = new([]);

    /// <summary>Few ads, visitors and ids, and times that jump back and forth around the edges of a window of 10 s.</summary>
    private static readonly Gen<Sent[]> Clicks = (
        from id in Gen.Frequency((5, Gen.Const(-1)), (1, Gen.Int[0, 20]))
        from ad in Gen.Int[0, 2]
        from visitor in Gen.Int[0, 3]
        from second in Gen.Int[0, 40]
        from ms in Gen.Int[-1, 1]
        from crawler in Gen.Int[0, 5].Select(n => n == 0)
        select new Sent(id, ad, visitor, 1_000_000 + (second * 5_000) + ms, crawler)).Array[0, 120];

    [Theory]
    [InlineData(1_000)]
    [InlineData(10_000)]
    [InlineData(60_000)]
    public void A_click_is_judged_as_defined_whatever_the_order_of_times(int windowMs) => Clicks.Sample(clicks =>
    {
        var judge = new ClickJudge(new DedupOptions { WindowMs = windowMs });
        var verdicts = clicks.Select((c, i) => judge.Judge(View(c, i), NoRules).Name).ToList();
        Assert.Equal(ByDefinition(clicks, windowMs), verdicts);
    });

    [Fact]
    public void No_two_counted_clicks_of_a_visitor_on_an_ad_are_within_the_window() => Clicks.Sample(clicks =>
    {
        var options = new DedupOptions();
        var judge = new ClickJudge(options);
        var counted = clicks.Where((c, i) => judge.Judge(View(c, i), NoRules).IsCounted).ToList();
        foreach (var times in counted.GroupBy(c => (c.Ad, c.Visitor)).Select(g => g.Select(c => c.ClickedMs).Order().ToList()))
            Assert.DoesNotContain(times.Zip(times.Skip(1)), pair => pair.Second - pair.First < options.WindowMs);
    });

    private static List<string> ByDefinition(Sent[] clicks, int windowMs)
    {
        var names = new List<string>();
        for (var i = 0; i < clicks.Length; i++)
        {
            var click = clicks[i];
            var hasSeenId = click.Id >= 0 && clicks.Take(i).Any(c => c.Id == click.Id);
            var hasCountedNear = clicks.Take(i).Where((c, j) => !names[j].StartsWith("duplicate", StringComparison.Ordinal)
                && (c.Ad, c.Visitor) == (click.Ad, click.Visitor) && Math.Abs(c.ClickedMs - click.ClickedMs) < windowMs).Any();
            names.Add(hasSeenId ? "duplicate:event_id" : hasCountedNear ? "duplicate:visitor" : click.IsCrawler ? "marked:crawler" : "counted");
        }

        return names;
    }

    private static ClickView View(Sent click, int place)
    {
        var clicks = ClicksRecorded.Read(ClickEncoder.Encode(new Click
        {
            EventId = click.Id < 0 ? $"own-{place}" : $"sent-{click.Id}",
            ClickedAtMs = click.ClickedMs,
            ServerTimestampMs = 5_000_000 + place,
            AdId = $"ad-{click.Ad}",
            VisitorHash = BitConverter.GetBytes((long)click.Visitor),
            Crawler = click.IsCrawler ? "a crawler" : "",
        }));
        return clicks.MoveNext() ? clicks.Current : throw new InvalidOperationException();
    }

    private sealed record Sent(int Id, int Ad, int Visitor, long ClickedMs, bool IsCrawler);
}
