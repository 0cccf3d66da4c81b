using System.Globalization;
using System.Text;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.EventStoreDb;
using Adclicks.EventStore.EventStoreDb.Connection;
using Adclicks.Support.Postgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace Adclicks.Tests.EndToEnd;

/// <summary>Reconcile against what EventStoreDB counts for itself; needs one with projections: <c>ADCLICKS_TEST_EVENTSTORE</c>.</summary>
public sealed class AuditProjectionTests : IDisposable
{
    private const int Clicks = 40;
    private static readonly string _server = Environment.GetEnvironmentVariable("ADCLICKS_TEST_EVENTSTORE") ?? "";
    private static readonly (string, string)[] Settings = [("EventStore:ConnectionString", _server)];
    private readonly string _data = Directory.CreateTempSubdirectory("adclicks-audit-").FullName;

    // The log is one that other tests have written to: a day of our own.
    private readonly DateTimeOffset _day = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(Random.Shared.Next(10_000));

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task What_EventStoreDB_counts_for_itself_is_compared_and_a_difference_named()
    {
        Assert.SkipWhen(_server.Length == 0, "ADCLICKS_TEST_EVENTSTORE names no server");
        await using var database = await TestPostgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        await using var up = await AdclicksProcess.UpAsync(_data, database.ConnectionString, settings: Settings);
        await SucceedAsync(0, "projections", "install-audit");
        var lines = new StringBuilder();
        for (var i = 0; i < Clicks; i++)
            lines.Append(CultureInfo.InvariantCulture, $"{{\"ad_id\":\"audited-{i % 5}\",\"campaign_id\":\"c\",\"user_id\":\"u{i}\",\"timestamp_ms\":{_day.AddMinutes(i * 20).ToUnixTimeMilliseconds()}}}\n");
        Assert.NotNull(await up.SendAsync(lines.ToString()));

        var equal = await ReconcileAsync(0);
        Assert.Contains("counted by EventStoreDB's own projection compared", equal, StringComparison.Ordinal);
        Assert.Contains("Equal.", equal, StringComparison.Ordinal);

        await LieAsync(clicksMore: 6);
        Assert.Matches($@"audit\s+{_day:yyyy-MM-dd} 00:00 .*clicks-\d+ .*gross \d+ .*gross \d+", await ReconcileAsync(1));
    }

    /// <summary>An event of a foreign producer, whose metadata say that there are more clicks in it.</summary>
    private async Task LieAsync(int clicksMore)
    {
        await using var log = new EventStoreDbLog(_server, new EventStoreDbOptions(), TimeProvider.System, NullLogger<EventStoreDbLog>.Instance);
        var stream = StreamNames.Clicks(Partitioner.PartitionOf("audited-0", Partitioner.DefaultCount));
        await foreach (var recorded in log.ReadAsync(stream, ReadDirection.Backwards, StreamPosition.End, cancellationToken: TestContext.Current.CancellationToken))
        {
            var metadata = ClicksRecordedMetadata.FromJson(recorded.Metadata.Span)!;
            var hour = _day.ToString("yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture);
            if (!metadata.Hours.TryGetValue(hour, out var clicks)) continue;
            var lie = metadata with { Hours = new Dictionary<string, int>(metadata.Hours) { [hour] = clicks + clicksMore } };
            var lying = new EventData(Guid.CreateVersion7(), recorded.Type, recorded.Data, lie.ToJson());
            Assert.True((await log.AppendAsync(stream, ExpectedRevision.Any, [lying], TestContext.Current.CancellationToken)).Succeeded);
            return;
        }

        Assert.Fail("The click of the first hour is not there.");
    }

    private Task<string> ReconcileAsync(int expected) => SucceedAsync(
        expected, "reconcile", "--from", $"{_day:yyyy-MM-dd}", "--to", $"{_day.AddDays(1):yyyy-MM-dd}", "--data", _data);

    private static async Task<string> SucceedAsync(int expected, params string[] arguments)
    {
        var (code, output) = await AdclicksProcess.RunAsync(Settings, arguments);
        Assert.True(code == expected, $"{string.Join(' ', arguments)} ended with {code}: {output}");
        return output;
    }
}
