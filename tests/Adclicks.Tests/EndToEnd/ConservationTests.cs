using System.Text;
using System.Text.Json;
using Adclicks.Support.Postgres;

namespace Adclicks.Tests.EndToEnd;

/// <summary>No click is lost or counted twice between what was acknowledged and what is reported, in any hour, whatever becomes of it.</summary>
public sealed class ConservationTests : IDisposable
{
    private const int Hours = 4, PerHour = 200;
    private const string Range = "start_time=2015-05-17T10:00:00Z&end_time=2015-05-17T14:00:00Z&granularity=hour";
    private const string Metrics = "metrics=gross_click_count,click_count,billable_click_count,fraudulent_click_count,duplicate_click_count";
    private static readonly DateTimeOffset Start = new(2015, 5, 17, 10, 0, 0, TimeSpan.Zero);
    private readonly string _data = Directory.CreateTempSubdirectory("adclicks-conservation-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task In_every_hour_gross_is_billable_and_fraudulent_and_duplicate_and_what_was_acknowledged()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        var crawlers = Path.Combine(_data, "crawlers.json");
        await File.WriteAllTextAsync(crawlers, """[{"pattern": "Googlebot\\/"}]""", TestContext.Current.CancellationToken);
        await using var up = await AdclicksProcess.UpAsync(_data, database.ConnectionString, settings: ("Ingestion:CrawlerList", crawlers));
        await up.PutAsync("/reference/rules/farm", """{"kind":"blocked_ip_range","range":"203.0.113.0/24"}""");
        await up.PutAsync("/reference/rules/fast", """{"kind":"velocity","max_clicks":3,"window_seconds":60,"per":"ip"}""");
        var acknowledged = await SendAsync(up);

        var hours = await SeriesAsync(up, acknowledged.Sum());
        var verdicts = (await up.ReportAsync($"verdicts?{Range}")).GetProperty("rows").EnumerateArray().ToLookup(row => row.GetProperty("time").GetDateTimeOffset());
        var byAd = (await up.ReportAsync($"timeseries?{Range}&{Metrics}&dimensions=ad_id")).GetProperty("rows").EnumerateArray().ToLookup(row => row.GetProperty("time").GetDateTimeOffset());
        for (var hour = 0; hour < Hours; hour++)
        {
            var (time, row) = (Start.AddHours(hour), hours[hour]);
            Assert.Equal(time, row.GetProperty("time").GetDateTimeOffset());
            var (gross, billable, fraudulent, duplicate) = (Of(row, "gross"), Of(row, "billable"), Of(row, "fraudulent"), Of(row, "duplicate"));
            Assert.Equal(acknowledged[hour], gross);
            Assert.Equal(gross, billable + fraudulent + duplicate);
            Assert.Equal(row.GetProperty("click_count").GetInt64(), billable + fraudulent);
            Assert.All([billable, fraudulent, duplicate], part => Assert.True(part > 0));

            Assert.Equal(billable, Verdicts(verdicts[time], "counted"));
            Assert.Equal(fraudulent, Verdicts(verdicts[time], "marked"));
            Assert.Equal(duplicate, Verdicts(verdicts[time], "duplicate"));
            foreach (var outcome in (string[])["gross", "billable", "fraudulent", "duplicate"]) Assert.Equal(Of(row, outcome), byAd[time].Sum(ad => Of(ad, outcome)));
        }

        var seen = verdicts.SelectMany(rows => rows).Select(row => row.GetProperty("verdict").GetString()!).ToHashSet();
        Assert.Superset(new HashSet<string> { "counted", "marked:crawler", "marked:rule:farm", "marked:rule:fast", "duplicate:visitor", "duplicate:event_id" }, seen);
    }

    /// <summary>Clicks of every outcome, two of them malformed, in no order of time; how many of each hour were accepted.</summary>
    private static async Task<int[]> SendAsync(AdclicksProcess up)
    {
        var acknowledged = new int[Hours];
        var order = new Random(3);
        var numbers = Enumerable.Range(0, Hours * PerHour).Select(number => (Number: number, Place: (number / PerHour * 100) + order.Next(150))).OrderBy(n => n.Place).Select(n => n.Number);
        var lines = new StringBuilder("{\"ad_id\":\"a\"}\n");
        foreach (var number in numbers)
        {
            var (hour, place) = (number / PerHour, number % PerHour);
            lines.Append(Click(hour, place)).Append('\n');
            acknowledged[hour]++;
        }

        var answer = (await up.SendAsync(lines.Append("{}").ToString()))!.Value;
        Assert.Equal(Hours * PerHour, answer.GetProperty("accepted").GetInt32());
        return acknowledged;
    }

    /// <summary>Of ten clicks there are two by one visitor, two with one event id, a crawler, one of a farm; the last twenty come from one address, on one ad.</summary>
    private static string Click(int hour, int place)
    {
        var kind = place % 10;
        var (visitor, id) = (kind == 1 ? place - 1 : place, kind == 3 ? place - 1 : place);
        var isFast = place >= PerHour - 20;
        var second = (kind is 1 or 3 ? place - 1 : place) * (isFast ? 4 : 17);
        var address = kind == 5 ? "203.0.113.9" : isFast ? "198.51.100.7" : $"192.0.2.{place}";
        return JsonSerializer.Serialize(new
        {
            event_id = $"click-{hour}-{id}",
            ad_id = isFast ? "ad-fast" : $"ad{place / 2 % 5}",
            campaign_id = "c",
            timestamp_ms = Start.AddHours(hour).AddSeconds(second + (kind is 1 or 3 ? 1 : 0)).ToUnixTimeMilliseconds(),
            user_id = $"user-{hour}-{visitor}",
            ip_address = address,
            user_agent = kind == 7 ? "Googlebot/2.1" : "Mozilla/5.0 Firefox/128.0",
        });
    }

    private static async Task<JsonElement[]> SeriesAsync(AdclicksProcess up, int gross) => [.. await up.UntilReportedAsync($"timeseries?{Range}&{Metrics}", gross)];

    private static long Of(JsonElement row, string outcome) => row.GetProperty(outcome + "_click_count").GetInt64();

    private static long Verdicts(IEnumerable<JsonElement> rows, string kind) => rows.Where(row => row.GetProperty("kind").GetString() == kind).Sum(row => row.GetProperty("clicks").GetInt64());
}
