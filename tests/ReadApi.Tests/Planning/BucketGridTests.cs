using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Planning;
using CsCheck;

namespace Adclicks.ReadApi.Tests.Planning;

public sealed class BucketGridTests
{
    private static readonly string[] ZoneNames =
    [
        "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe",
        "America/Sao_Paulo", "Pacific/Apia", "Africa/Cairo", "America/St_Johns",
    ];

    private static readonly Gen<TimeZoneInfo> Zone = Gen.OneOf(ZoneNames).Select(TimeZoneInfo.FindSystemTimeZoneById);

    private static readonly Gen<(DateTime From, DateTime To)> Range = Gen.Select(
        Gen.Int[0, 60 * 24 * 365 * 25], Gen.OneOf(Gen.Int[1, 200], Gen.Int[1, 60 * 24 * 8]),
        (start, length) =>
        {
            var from = new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(start);
            return (from, from.AddMinutes(length));
        });

    private static readonly Gen<Granularity?> Granules = Gen.OneOf<Granularity?>(null, Granularity.Minute, Granularity.Hour, Granularity.Day);

    [Fact]
    public void Buckets_cover_the_range_without_gap_or_overlap() =>
        Gen.Select(Range, Gen.Enum<Granularity>(), Zone).Sample((range, granularity, zone) =>
        {
            var grid = BucketGrid.Of(range.From, range.To, granularity, zone);

            Assert.Equal(range.From, grid.Boundaries[0]);
            Assert.Equal(range.To, grid.Boundaries[^1]);
            for (var i = 0; i < grid.Count; i++) Assert.True(grid.Boundaries[i] < grid.Boundaries[i + 1]);
        });

    [Fact]
    public void Each_minute_is_in_the_bucket_of_its_local_hour_or_date() =>
        Gen.Select(Range, Gen.OneOf(Granularity.Hour, Granularity.Day), Zone).Sample((range, granularity, zone) =>
        {
            var grid = BucketGrid.Of(range.From, range.To, granularity, zone);
            for (var minute = range.From; minute < range.To; minute = minute.AddMinutes(17))
            {
                var label = grid.Labels[grid.IndexOf(minute)].DateTime;
                var local = TimeZoneInfo.ConvertTimeFromUtc(minute, zone);

                Assert.Equal(local.Date, label.Date);
                if (granularity == Granularity.Hour) Assert.Equal(local.Hour, label.Hour);
            }
        });

    [Fact]
    public void Slices_cover_the_range_exactly_and_cross_no_bucket() =>
        Gen.Select(Range, Granules, Zone).Sample((range, granularity, zone) =>
        {
            var grid = BucketGrid.Of(range.From, range.To, granularity, zone);
            var slices = TimeSlicer.Slice(grid);

            Assert.Equal(range.From, slices[0].From);
            Assert.Equal(range.To, slices[^1].To);
            for (var i = 1; i < slices.Count; i++) Assert.Equal(slices[i - 1].To, slices[i].From);
            foreach (var slice in slices)
            {
                var length = slice.Granularity switch
                {
                    Granularity.Day => TimeSpan.TicksPerDay,
                    Granularity.Hour => TimeSpan.TicksPerHour,
                    _ => TimeSpan.TicksPerMinute,
                };
                Assert.Equal(0, slice.From.Ticks % length);
                Assert.Equal(0, slice.To.Ticks % length);
                foreach (var boundary in grid.Boundaries.Where(at => at > slice.From && at < slice.To))
                    Assert.Equal(0, boundary.Ticks % length);
            }
        });

    [Fact]
    public void Whole_days_come_from_day_tables_and_edges_from_finer_ones()
    {
        var grid = BucketGrid.Of(
            new DateTime(2015, 5, 17, 22, 30, 0, DateTimeKind.Utc), new DateTime(2015, 5, 20, 2, 0, 0, DateTimeKind.Utc), null, TimeZoneInfo.Utc);

        Assert.Equal(
            [(Granularity.Minute, 30), (Granularity.Hour, 60), (Granularity.Day, 2 * 1440), (Granularity.Hour, 120)],
            TimeSlicer.Slice(grid).Select(slice => (slice.Granularity, (int)(slice.To - slice.From).TotalMinutes)));
    }

    [Fact]
    public void A_day_is_23_hours_when_clocks_go_forward()
    {
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var from = new DateTime(2026, 3, 28, 23, 0, 0, DateTimeKind.Utc);

        var grid = BucketGrid.Of(from, from.AddDays(2), Granularity.Day, berlin);

        Assert.Equal(TimeSpan.FromHours(23), grid.Boundaries[1] - grid.Boundaries[0]);
        Assert.Equal("2026-03-29T00:00:00+01:00", grid.Labels[0].ToString("yyyy-MM-ddTHH:mm:sszzz", null));
        Assert.Equal("2026-03-30T00:00:00+02:00", grid.Labels[1].ToString("yyyy-MM-ddTHH:mm:sszzz", null));
    }
}
