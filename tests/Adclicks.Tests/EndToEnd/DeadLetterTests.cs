using Adclicks.Domain.Clicks;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.Embedded;
using Adclicks.Support;
using Adclicks.Support.Postgres;
using Npgsql;

namespace Adclicks.Tests.EndToEnd;

public sealed class DeadLetterTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("adclicks-dead-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Poison_events_are_listed_shown_tried_again_and_discarded_while_the_rest_is_counted()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(Token);
        await AppendAsync();
        await using var up = await AdclicksProcess.UpAsync(_data, database.ConnectionString);
        await UntilAsync(async () => (await RunAsync(up, "list")).Code == 1);

        var (_, list) = await RunAsync(up, "list");
        Assert.Contains("clicks-003 0 ", list, StringComparison.Ordinal);
        Assert.Contains("clicks-003 1 ", list, StringComparison.Ordinal);
        var (code, shown) = await RunAsync(up, "show", "clicks-003", "0");
        Assert.Equal(0, code);
        Assert.Contains("0a 7f", shown, StringComparison.Ordinal);
        Assert.Contains("\"node\":\"a node\"", shown, StringComparison.Ordinal);
        (code, var retried) = await RunAsync(up, "retry", "clicks-003", "0");
        Assert.True(code == 1 && retried.Contains("failed again", StringComparison.Ordinal), retried);

        await MendAsync(database.ConnectionString);
        Assert.Equal((0, "It is projected.\n"), await RunAsync(up, "retry", "clicks-003", "0"));
        Assert.Equal((0, "It is discarded.\n"), await RunAsync(up, "discard", "clicks-003", "1"));
        Assert.Equal((0, "There are no dead letters.\n"), await RunAsync(up, "list"));
        Assert.Equal(1, (await RunAsync(up, "show", "clicks-003", "1")).Code);
        var report = await up.ReportAsync("totals?start_time=2027-01-15&end_time=2027-01-16&metrics=gross_click_count");
        Assert.Equal(2, report.GetProperty("rows")[0].GetProperty("gross_click_count").GetInt64());
    }

    private static Click Click(string id) => new() { EventId = id, ClickedAtMs = 1_800_000_000_000, ServerTimestampMs = 1_800_000_000_000, AdId = id, VisitorHash = new byte[16] };

    /// <summary>Two that nobody can read, and a good one after them.</summary>
    private async Task AppendAsync()
    {
        await using var log = EmbeddedEventLog.Open(Path.Combine(_data, "log"));
        await log.AppendAsync(StreamNames.Clicks(3), ExpectedRevision.Any, [Event([0x0A, 0x7F]), Event([0x0B]), Event(ClickEncoder.Encode(Click("good")))], Token);

        static EventData Event(byte[] data) => new(
            Guid.NewGuid(), ClicksRecorded.EventType, data, new ClicksRecordedMetadata(1, "a node", -1, "", 1, new Dictionary<string, int>()).ToJson());
    }

    /// <summary>As if a later version could read it.</summary>
    private static async Task MendAsync(string postgres)
    {
        await using var source = NpgsqlDataSource.Create(postgres);
        await using var command = source.CreateCommand("UPDATE adclicks_g1.dead_letters SET data = $1 WHERE revision = 0");
        command.Parameters.Add(new() { Value = ClickEncoder.Encode(Click("mended")) });
        await command.ExecuteNonQueryAsync(Token);
    }

    private Task<(int Code, string Output)> RunAsync(AdclicksProcess up, params string[] verb) =>
        AdclicksProcess.RunAsync(["deadletters", .. verb, "--data", _data, "--url", up.Http.BaseAddress!.ToString()]);

    private static Task UntilAsync(Func<Task<bool>> condition) => Eventually.TrueAsync(condition, "It does not come about.");
}
