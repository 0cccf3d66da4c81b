using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Execution;
using Adclicks.ReadApi.Queries;
using CsCheck;
using Npgsql;

namespace Adclicks.ReadApi.Tests.Execution;

/// <summary>The planner and the rollups give what counting every click gives.</summary>
public sealed class ReportReaderTests : IAsyncLifetime
{
    private static readonly Gen<TimeZoneInfo> Zones = Gen
        .OneOf("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu")
        .Select(TimeZoneInfo.FindSystemTimeZoneById);

    private static readonly Gen<ReportFilter> Filters = Gen.Select(
        Gen.Enum<Dimension>(), Gen.Int[0, 4], TestClick.AnyValues, TestClick.AnyValues, (dimension, kind, one, other) =>
        {
            var (a, b) = (one[(int)dimension], other[(int)dimension]);
            return kind switch
            {
                0 => ReportFilter.In(dimension, a, b, "never seen"),
                1 => ReportFilter.NotIn(dimension, a, "never seen"),
                2 => ReportFilter.Prefix(dimension, a[..Math.Min(a.Length, 4)]),
                3 => ReportFilter.In(dimension, ""),
                _ => ReportFilter.NotIn(dimension, ""),
            };
        });

    private static readonly Gen<ReportQuery> Queries = Gen.Select(
        Gen.Select(Gen.Int[-600, 4 * 1440], Gen.OneOf(Gen.Int[1, 90], Gen.Int[60, 5 * 1440]), Gen.OneOf(0, 0, 7, 59)),
        Gen.OneOf<Granularity?>(null, Granularity.Minute, Granularity.Hour, Granularity.Day),
        Gen.Enum<Dimension>().Array[0, 3],
        Filters.List[0, 2],
        Gen.Select(Gen.OneOf(Metrics.All.ToArray()).Array[1, 4], Gen.OneOf(Metrics.All.ToArray()), Gen.Int[1, 6], Gen.Bool, Gen.OneOf<int?>(null, 1, 61, 1440, 3 * 1440)),
        Zones,
        (range, granularity, dimensions, filters, shape, zone) =>
        {
            var from = new DateTimeOffset(TestClick.Start).AddMinutes(range.Item1).AddSeconds(range.Item3);
            var ranked = granularity is null && shape.Item4;
            return new ReportQuery
            {
                From = from,
                To = from.AddMinutes(range.Item2),
                Granularity = granularity,
                Dimensions = [.. dimensions.Distinct()],
                Filters = filters,
                Metrics = [.. shape.Item1.Distinct()],
                RankBy = ranked ? shape.Item2 : null,
                Limit = ranked ? shape.Item3 : null,
                FillGaps = granularity is Granularity.Hour or Granularity.Day && shape.Item4,
                TimeZone = zone,
                CompareFrom = shape.Item5 is { } back ? from.AddMinutes(-back) : null,
            };
        });

    private static readonly Gen<ReportScope> Scopes = Gen.OneOf(
        ReportScope.Everything,
        ReportScope.Own(Dimension.Advertiser, "advertiser-1"),
        ReportScope.Own(Dimension.Publisher, "publisher-2"),
        ReportScope.Own(Dimension.Advertiser, "never seen"));

    private List<TestClick> _clicks = [];
    private RollupDatabase _database = null!;
    private ReportReader _reader = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _clicks = TestClick.Any.List[1500].Single();
        _database = await RollupDatabase.CreateAsync(_clicks, Token);
        _reader = _database.Reader();
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public Task Any_question_is_answered_as_by_counting_every_click() =>
        Gen.Select(Queries, Scopes).SampleAsync(
            async (query, scope) =>
            {
                var result = await _reader.ReadAsync(query, scope, Token);

                Assert.Equal(BruteForce.Answer(_clicks, query, scope), BruteForce.Text(result, query));
            },
            iter: 300,
            threads: 1,
            print: tuple => Print(tuple.Item1, tuple.Item2));

    [Fact]
    public async Task An_answer_says_generation_and_the_freshness_of_the_last_lane()
    {
        var result = await _reader.ReadAsync(Whole(), ReportScope.Everything, Token);

        Assert.Equal(RollupDatabase.Generation, result.Generation);
        Assert.Equal(RollupDatabase.FreshUntil, result.FreshUntil);
        Assert.Equal(_clicks.Count, result.Rows[0].Gross);
    }

    [Fact]
    public async Task The_visitors_of_one_are_told_from_those_of_its_neighbours_be_they_few_or_many()
    {
        var clicks = Enumerable.Range(1, 12).SelectMany(campaign => Enumerable.Range(0, campaign is 4 or 9 ? 900 : campaign).Select(number =>
        {
            var values = Enumerable.Repeat("", Enum.GetValues<Dimension>().Length).ToArray();
            (values[(int)Dimension.Campaign], values[(int)Dimension.Ad]) = ($"campaign-{campaign:D2}", $"ad-{number % 7}");
            var visitor = ((ulong)campaign << 56) ^ ((ulong)number * 0x9E3779B97F4A7C15);
            return new TestClick(TestClick.Start.AddSeconds(number * 97), values, false, false, visitor, visitor);
        })).ToList();
        await using var database = await RollupDatabase.CreateAsync(clicks, Token);
        var reader = database.Reader();
        var all = Whole() with { Granularity = Granularity.Day, Metrics = Metrics.All, Dimensions = [Dimension.Campaign] };
        List<ReportQuery> queries =
        [
            all, all with { Granularity = null, RankBy = Metric.ClickCount, Limit = 2 },
            .. from campaign in Enumerable.Range(1, 12)
               from granularity in (Granularity[])[Granularity.Hour, Granularity.Day]
               select all with { Granularity = granularity, Filters = [ReportFilter.In(Dimension.Campaign, $"campaign-{campaign:D2}")] },
        ];

        foreach (var query in queries)
            Assert.Equal(BruteForce.Answer(clicks, query, ReportScope.Everything), BruteForce.Text(await reader.ReadAsync(query, ReportScope.Everything, Token), query));
    }

    [Fact]
    public async Task More_rows_than_the_limit_are_refused_with_what_to_ask_instead()
    {
        var query = Whole() with { Dimensions = [Dimension.Ad, Dimension.Browser] };

        var refusal = await Assert.ThrowsAsync<ReportQueryException>(
            () => _database.Reader(new ReadApiOptions { MaxRows = 5 }).ReadAsync(query, ReportScope.Everything, Token));

        Assert.Equal("dimensions", refusal.Parameter);
    }

    [Fact]
    public async Task A_filter_on_another_owner_gives_nothing_beyond_the_scope()
    {
        var query = Whole() with { Filters = [ReportFilter.In(Dimension.Advertiser, "advertiser-2", "advertiser-3")] };

        var result = await _reader.ReadAsync(query, ReportScope.Own(Dimension.Advertiser, "advertiser-1"), Token);

        Assert.Equal(0, Assert.Single(result.Rows).Gross);
    }

    [Fact]
    public async Task A_question_that_takes_too_long_is_given_up()
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(Token);
        await using var transaction = await connection.BeginTransactionAsync(Token);
        await using (var hold = new NpgsqlCommand("LOCK TABLE adclicks.leases IN ACCESS EXCLUSIVE MODE", connection, transaction)) await hold.ExecuteNonQueryAsync(Token);

        await Assert.ThrowsAsync<ReportTimeoutException>(() =>
            _database.Reader(new ReadApiOptions { StatementTimeout = TimeSpan.FromMilliseconds(200) }).ReadAsync(Whole(), ReportScope.Everything, Token));
    }

    private static ReportQuery Whole() => new()
    {
        From = TestClick.Start,
        To = TestClick.Start + TestClick.Length,
        Metrics = [Metric.GrossClickCount],
    };

    private static string Print(ReportQuery query, ReportScope scope) =>
        $"{query.From:u}–{query.To:u} by {query.Granularity} in {query.TimeZone.Id}, "
        + $"{string.Join('+', query.Dimensions)}, metrics {string.Join('+', query.Metrics)}, rank {query.RankBy} {query.Limit}, fill {query.FillGaps}, against {query.CompareFrom:u}, "
        + $"filters {string.Join(" and ", query.Filters.Select(f => $"{f.Dimension} {f.Kind} {string.Join('|', f.Values)}"))}, scope {scope.CacheKey}";
}
