namespace Adclicks.Bench.Reports;

/// <summary>What is asked, below <c>/reports/clicks/</c>, over the week of generated clicks; each number gives other parameters.</summary>
internal static class ReportQuestions
{
    private const string Week = "start_time=2026-03-01&end_time=2026-03-08";

    public static readonly (string Name, Func<int, string> Path)[] All =
    [
        ("hourly series of one campaign, uniques", i => $"timeseries?{Week}&granularity=hour&filters=campaign_id:campaign-{i % 500:D3}&metrics=click_count,unique_users"),
        ("top 10 ads over 7 days", i => $"topN?start_time=2026-03-01T{i % 24:D2}:00Z&end_time=2026-03-08&dimension=ad_id&metric=click_count&metrics=click_count"),
        ("country x device, one advertiser and day", i => $"breakdown?start_time=2026-03-0{1 + (i % 7)}&end_time=2026-03-0{2 + (i % 7)}&dimensions=country,device_type&filters=advertiser_id:advertiser-{i % 100:D2}&metrics=click_count"),
        ("totals per day", i => $"timeseries?start_time=2026-03-0{1 + (i % 6)}&end_time=2026-03-08&granularity=day&metrics=click_count,billable_click_count"),
    ];

    /// <summary>About what is just coming in: its runs are small and many, and not at rest.</summary>
    public static (string Name, Func<int, string> Path)[] OfNow(DateTimeOffset now)
    {
        var (today, hourAgo) = ($"start_time={now.UtcDateTime:yyyy-MM-dd}", $"start_time={now.UtcDateTime.AddHours(-1):yyyy-MM-ddTHH:mm}Z");
        return
        [
            ("now: today's totals by hour", _ => $"timeseries?{today}&granularity=hour&metrics=click_count,billable_click_count"),
            ("now: one campaign by hour, uniques", i => $"timeseries?{today}&granularity=hour&filters=campaign_id:campaign-{i % 500}&metrics=click_count,unique_users"),
            ("now: the last hour by minute", _ => $"timeseries?{hourAgo}&granularity=minute&metrics=click_count,billable_click_count"),
            ("now: top 10 ads of the last hour", _ => $"topN?{hourAgo}&dimension=ad_id&metric=click_count&metrics=click_count"),
        ];
    }
}
