using Adclicks.Domain.Rollups;
using CsCheck;

namespace Adclicks.Domain.Tests.Rollups;

public sealed class GranularityTests
{
    private static readonly Gen<long> TimeMs = Gen.Long[DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()];

    [Fact]
    public void A_bucket_is_the_calendars_minute_hour_or_day() => TimeMs.Sample(ms =>
    {
        var time = DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime;
        var day = new DateTimeOffset(time.Date, TimeSpan.Zero);
        var hour = day.AddHours(time.Hour);
        Assert.Equal(day.ToUnixTimeMilliseconds(), Granularity.Day.BucketOf(ms));
        Assert.Equal(hour.ToUnixTimeMilliseconds(), Granularity.Hour.BucketOf(ms));
        Assert.Equal(hour.AddMinutes(time.Minute).ToUnixTimeMilliseconds(), Granularity.Minute.BucketOf(ms));
    });

    [Fact]
    public void The_bucket_of_a_bucket_is_itself_and_finer_ones_nest_in_coarser_ones() => Gen.Select(TimeMs, Gen.Int[0, 2]).Sample((ms, index) =>
    {
        var granularity = Granularities.All[index];
        var bucket = granularity.BucketOf(ms);
        Assert.Equal(bucket, granularity.BucketOf(bucket));
        Assert.Equal(bucket, granularity.BucketOf(bucket + granularity.LengthMs() - 1));
        foreach (var finer in Granularities.All.Take(index)) Assert.Equal(bucket, granularity.BucketOf(finer.BucketOf(ms)));
    });

    [Fact]
    public void The_finest_comes_first() =>
        Assert.Equal(["minute", "hour", "day"], Granularities.All.OrderBy(g => g.LengthMs()).Select(g => g.Name()));
}
