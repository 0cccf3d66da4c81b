using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Queries;
using Adclicks.ReadApi.Rest;
using Microsoft.AspNetCore.Http;

namespace Adclicks.ReadApi.Tests.Rest;

public sealed class ParameterTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_series_has_its_range_dimensions_and_metrics()
    {
        var request = Series("?start_time=2015-05-17&end_time=2015-05-18T12:00:00Z&granularity=hour"
            + "&dimensions=ad_id,geo_country&metrics=click_count,unique_users&fill_gaps=true&limit=7");

        Assert.Equal(new DateTimeOffset(2015, 5, 17, 0, 0, 0, TimeSpan.Zero), request.Query.From);
        Assert.Equal(new DateTimeOffset(2015, 5, 18, 12, 0, 0, TimeSpan.Zero), request.Query.To);
        Assert.Equal(Granularity.Hour, request.Query.Granularity);
        Assert.Equal([Dimension.Ad, Dimension.Country], request.Query.Dimensions);
        Assert.Equal(["ad_id", "geo_country"], request.DimensionNames);
        Assert.Equal([Metric.ClickCount, Metric.UniqueUsers], request.Query.Metrics);
        Assert.True(request.Query.FillGaps);
        Assert.Equal(7, request.Query.Limit);
    }

    [Fact]
    public void Without_an_end_the_range_goes_to_now_and_without_metrics_all_are_given()
    {
        var request = Series("?start_time=1431820800000");

        Assert.Equal(new DateTimeOffset(2015, 5, 17, 0, 0, 0, TimeSpan.Zero), request.Query.From);
        Assert.Equal(Now, request.Query.To);
        Assert.Equal(Metrics.All, request.Query.Metrics);
    }

    [Theory]
    [InlineData("2015-05-17", "2015-05-16T22:00:00Z")]
    [InlineData("2015-05-17T10:00", "2015-05-17T08:00:00Z")]
    [InlineData("2015-05-17T10:00:00%2B05:30", "2015-05-17T04:30:00Z")]
    [InlineData("2015-05-17T10:00:00+05:30", "2015-05-17T04:30:00Z")]
    [InlineData("2015-05-17T10:00:00.5Z", "2015-05-17T10:00:00.5Z")]
    public void A_time_without_an_offset_is_local(string text, string instant) =>
        Assert.Equal(
            DateTimeOffset.Parse(instant, null),
            Series($"?start_time={text}&time_zone=Europe/Berlin").Query.From);

    [Theory]
    [InlineData("?start_time=yesterday", "start_time")]
    [InlineData("", "start_time")]
    [InlineData("?start_time=2015-05-17&end_time=2015-13-01", "end_time")]
    [InlineData("?start_time=2015-05-17&granularity=week", "granularity")]
    [InlineData("?start_time=2015-05-17&dimensions=ad_id,colour", "dimensions")]
    [InlineData("?start_time=2015-05-17&dimensions=country,geo_country", "dimensions")]
    [InlineData("?start_time=2015-05-17&metrics=clicks", "metrics")]
    [InlineData("?start_time=2015-05-17&time_zone=Mars/Base", "time_zone")]
    [InlineData("?start_time=2015-05-17&time_zone=../../etc/passwd", "time_zone")]
    [InlineData("?start_time=2015-05-17&limit=many", "limit")]
    [InlineData("?start_time=2015-05-17&fill_gaps=1", "fill_gaps")]
    [InlineData("?start_time=2015-05-17&start_time=2015-05-18", "start_time")]
    [InlineData("?start_time=2015-05-17&granularty=day", "granularty")]
    [InlineData("?start_time=2015-05-17&filters={\"colour\":\"red\"}", "filters")]
    [InlineData("?start_time=2015-05-17&filters={\"ad_id\":", "filters")]
    [InlineData("?start_time=2015-05-17&filters={\"ad_id\":7}", "filters")]
    [InlineData("?start_time=2015-05-17&filters={\"ad_id\":{\"like\":\"x\"}}", "filters")]
    [InlineData("?start_time=2015-05-17&filters=country", "filters")]
    [InlineData("?start_time=2015-05-17&filters=%27;drop table x:1", "filters")]
    public void A_refusal_names_the_parameter(string query, string parameter) =>
        Assert.Equal(parameter, Assert.Throws<ReportQueryException>(() => Series(query)).Parameter);

    [Fact]
    public void Filters_may_be_json()
    {
        var filters = Series("?start_time=2015-05-17&filters="
            + """{"country":["US","DE"],"ad_id":"a,b|c","browser":{"not_in":["Firefox"]},"geo_city":{"unknown":true},"os":{"prefix":"Win"}}""")
            .Query.Filters;

        Assert.Equal(
            ["Country In US,DE", "Ad In a,b|c", "Browser NotIn Firefox", "City In ", "Os Prefix Win"],
            filters.Select(Text));
    }

    [Fact]
    public void Filters_may_be_short() => Assert.Equal(
        ["Country In US,DE", "Browser NotIn Firefox", "City In ", "Ad Prefix http://x"],
        Series("?start_time=2015-05-17&filters=country:US|DE,browser!:Firefox,geo_city:,ad_id^:http://x").Query.Filters.Select(Text));

    [Fact]
    public void A_ranking_has_one_dimension_and_one_metric()
    {
        var query = TopN("?start_time=2015-05-17&dimension=ad_id&metric=gross_click_count&top_n=3").Query;

        Assert.Equal([Dimension.Ad], query.Dimensions);
        Assert.Equal(Metric.GrossClickCount, query.RankBy);
        Assert.Equal(3, query.Limit);
        Assert.Null(query.Granularity);
        Assert.Equal("dimension", Assert.Throws<ReportQueryException>(() => TopN("?start_time=2015-05-17")).Parameter);
        Assert.Equal(
            "top_n",
            Assert.Throws<ReportQueryException>(() => TopN("?start_time=2015-05-17&dimension=os&top_n=0")).Parameter);
    }

    private static string Text(ReportFilter filter) => $"{filter.Dimension} {filter.Kind} {string.Join(',', filter.Values)}";

    private static ReportRequest Series(string query) => Read(ReportKinds.TimeSeries, query);

    private static ReportRequest TopN(string query) => Read(ReportKinds.TopN, query);

    private static ReportRequest Read(ReportKind kind, string query) =>
        kind.Read(ReportParameters.From(Parse(query), kind.Parameters), new RequestContext(Now, new ReadApiOptions()));

    private static IQueryCollection Parse(string query) =>
        new DefaultHttpContext { Request = { QueryString = new QueryString(query) } }.Request.Query;
}
