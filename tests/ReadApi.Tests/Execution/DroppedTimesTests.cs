using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Queries;
using CsCheck;

namespace Adclicks.ReadApi.Tests.Execution;

public sealed class DroppedTimesTests : IAsyncLifetime
{
    private RollupDatabase _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await RollupDatabase.CreateAsync(TestClick.Any.List[50].Single(), Token);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory]
    [InlineData(Granularity.Minute, 0, 60, true)]
    [InlineData(Granularity.Hour, 30, 120, true)]
    [InlineData(Granularity.Hour, 0, 120, false)]
    [InlineData(Granularity.Minute, 60, 120, false)]
    [InlineData(Granularity.Day, 0, 1_440, false)]
    public async Task A_question_that_needs_what_was_dropped_is_refused_and_no_other(Granularity granularity, int fromMinute, int toMinute, bool isRefused)
    {
        await _database.DropAsync(Granularity.Minute, TestClick.Start, TestClick.Start.AddHours(1));
        var query = new ReportQuery
        {
            From = TestClick.Start.AddMinutes(fromMinute), To = TestClick.Start.AddMinutes(toMinute), Granularity = granularity, Metrics = [Metric.ClickCount], TimeZone = TimeZoneInfo.Utc,
        };

        var error = await Record.ExceptionAsync(() => _database.Reader().ReadAsync(query, ReportScope.Everything, Token));

        if (isRefused) Assert.Contains($"{TestClick.Start.AddHours(1):yyyy-MM-ddTHH:mmZ}", Assert.IsType<ReportQueryException>(error).Message, StringComparison.Ordinal);
        else Assert.Null(error);
    }
}
