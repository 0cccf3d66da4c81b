using Adclicks.Domain.Clicks;
using Adclicks.Domain.Rollups;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Tests.Support;
using Adclicks.Support.Postgres;
using Adclicks.Tests.Support;
using Npgsql;

namespace Adclicks.Projections.Tests.Engine;

/// <summary>What a lane stores together, when it has much to catch up with, is of few hours, however its partitions differ in size.</summary>
public sealed class CatchUpOrderTests
{
    private const int Hours = 48, LargePerHour = 40, HoursPerFlush = 4;
    private const int PerHour = LargePerHour + Projector.Partitions - 1;

    [Fact]
    public async Task A_flush_is_of_the_hours_that_were_logged_together()
    {
        await using var log = new MemoryEventLog();
        await FillAsync(log);
        await using var database = await TestPostgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        (string, object)[] settings = [("Lanes", 1), ("FlushClicks", HoursPerFlush * PerHour), ("CatchUpFlushClicks", HoursPerFlush * PerHour), ("SettleAfterMs", 86_400_000)];
        await using (var projector = await Projector.StartAsync(database.ConnectionString, log, settings)) await projector.WaitAsync(s => s.ClicksProjected == Hours * PerHour);

        // A run has the hours of its flush, and of the one begun and the one ended by it; partitions taken in turn make half as many again.
        Assert.InRange(await RunsOfHoursAsync(database.ConnectionString), Hours, Hours * (HoursPerFlush + 3) / HoursPerFlush);
    }

    private static async Task FillAsync(MemoryEventLog log)
    {
        var ads = Enumerable.Range(0, 1_000).Select(i => $"ad{i}").ToLookup(ad => Partitioner.PartitionOf(ad, Projector.Partitions));
        for (var hour = 0; hour < Hours; hour++)
        {
            for (var i = 0; i < PerHour; i++)
            {
                var partition = Math.Max(0, i - LargePerHour + 1);
                var ms = ClickGen.Start.AddMinutes(10).AddHours(hour).AddMinutes(i).ToUnixTimeMilliseconds();
                var click = new Click { EventId = $"e{hour}-{i}", ClickedAtMs = ms, ServerTimestampMs = ms, AdId = ads[partition].First(), VisitorHash = new Guid((hour * PerHour) + i, 0, 0, new byte[8]).ToByteArray() };
                await log.AppendAsync(StreamNames.Clicks(partition), ExpectedRevision.Any, [ClickGen.Event(ClicksRecorded.EventType, ClickEncoder.Encode(click))]);
            }
        }
    }

    private static async Task<long> RunsOfHoursAsync(string connectionString)
    {
        await using var sql = NpgsqlDataSource.Create(connectionString);
        await using var command = sql.CreateCommand($"SELECT count(*) FROM (SELECT DISTINCT span, run FROM adclicks_g1.{Cuboids.All[0].TableName(Granularity.Minute)}) r");
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
