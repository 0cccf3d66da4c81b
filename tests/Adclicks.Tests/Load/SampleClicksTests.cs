using System.Text.Json;
using Adclicks.Load;

namespace Adclicks.Tests.Load;

public sealed class SampleClicksTests
{
    private const int Count = 20_000, Days = 7;
    private static readonly DateTimeOffset _now = new(2026, 3, 14, 15, 9, 26, TimeSpan.Zero);

    private static readonly JsonElement[] _clicks = [.. Enumerable.Range(0, Count).Select(index => Click(index, seed: 1))];

    [Fact]
    public void They_fill_the_days_and_no_more()
    {
        var times = _clicks.Select(click => DateTimeOffset.FromUnixTimeMilliseconds(click.GetProperty("timestamp_ms").GetInt64())).ToList();

        Assert.Equal(_now.AddDays(-Days), times.Min());
        Assert.InRange(times.Max(), _now.AddHours(-1), _now);
        Assert.All(times.CountBy(at => (int)(at - times[0]).TotalDays), day => Assert.InRange(day.Value, Count / Days * 0.9, Count / Days * 1.1));
        Assert.True(times.Count(at => at.Hour == 20) > 3 * times.Count(at => at.Hour == 3));
    }

    [Fact]
    public void Each_has_an_id_of_its_own_and_some_are_made_twice()
    {
        Assert.Equal(Count, _clicks.DistinctBy(click => click.GetProperty("event_id").GetString()).Count());
        var twice = _clicks.Zip(_clicks.Skip(1)).Count(pair => Who(pair.First) == Who(pair.Second));
        Assert.InRange(twice, Count * 0.035, Count * 0.045);
    }

    [Fact]
    public void The_seed_tells_which()
    {
        Assert.Equal(Click(7, seed: 1).GetRawText(), Click(7, seed: 1).GetRawText());
        Assert.NotEqual(Enumerable.Range(0, 9).Select(index => Who(Click(index, seed: 1))), Enumerable.Range(0, 9).Select(index => Who(Click(index, seed: 2))));
    }

    private static string Who(JsonElement click) => $"{click.GetProperty("user_id")} {click.GetProperty("ad_id")}";

    private static JsonElement Click(long index, ulong seed)
    {
        var clicks = new SampleClicks(Count, Days, seed, new FixedTime());
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream)) clicks.Write(index, json);
        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => _now;
    }
}
