using System.Diagnostics;
using Adclicks.Bench.Clicks;
using Adclicks.Domain.Clicks;
using Adclicks.Support.Postgres;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Adclicks.Bench.Project;

/// <summary>
/// The usual way: an event per click in Marten's event store, its async daemon, and a projection written by hand that adds up each batch and
/// upserts its rows in one statement. Neither duplicates nor sketches.
/// </summary>
/// <param name="EventsPerSecond">From the start of the daemon until all are in the table.</param>
/// <param name="PeakBytes">Memory of this process meanwhile.</param>
/// <param name="EventBytes">Of an event with its share of the indices.</param>
/// <param name="TableBytes">Of the table with its index, for each click.</param>
/// <param name="Counts">What the table has.</param>
internal sealed record MartenRun(double EventsPerSecond, long PeakBytes, long EventBytes, long TableBytes, MinuteCounts Counts)
{
    private const int StreamClicks = 1_000, LoadClicks = 50_000, BatchClicks = 10_000;

    /// <summary>Loads, which is not measured, and projects.</summary>
    public static async Task<MartenRun> OfAsync(GeneratedClicks clicks, long count)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await using (var source = NpgsqlDataSource.Create(database.ConnectionString))
        await using (var create = source.CreateCommand(MinuteTable.Definition)) await create.ExecuteNonQueryAsync();
        IEventRegistry? events = null;
        await using var store = DocumentStore.For(options =>
        {
            options.Connection(database.ConnectionString);
            options.Events.AddEventType<AdClicked>();
            options.Projections.AsyncMode = DaemonMode.Solo;
            options.Projections.Add(new MinuteTable(), ProjectionLifecycle.Async, "minute_counts", o =>
            {
                o.BatchSize = BatchClicks;
                o.MaximumHopperSize = 5 * BatchClicks;
            });
            events = (IEventRegistry)options.Events;
        });
        using var loading = new CancellationTokenSource(Patience.For(count));
        for (long from = 0; from < count; from += LoadClicks)
            await store.BulkInsertEventsAsync(Streams(events!, clicks, from, Math.Min(count, from + LoadClicks)), cancellation: loading.Token);

        PeakMemory.Reset();
        using var log = LoggerFactory.Create(b => b.AddConsole().SetMinimumLevel(LogLevel.Error));
        var clock = Stopwatch.StartNew();
        using var daemon = await store.BuildProjectionDaemonAsync(logger: log.CreateLogger("Marten"));
        await daemon.StartAllAsync();
        await daemon.WaitForNonStaleData(Patience.For(count));
        var (elapsed, peak) = (clock.Elapsed, PeakMemory.Bytes);
        await daemon.StopAllAsync();
        return await ReadAsync(database.ConnectionString, count / elapsed.TotalSeconds, peak, count);
    }

    private static List<StreamAction> Streams(IEventRegistry events, GeneratedClicks clicks, long from, long to)
    {
        var streams = new List<StreamAction>();
        for (; from < to; from += StreamClicks)
            streams.Add(StreamAction.Start(events, Guid.NewGuid(), [.. Enumerable.Range(0, (int)Math.Min(StreamClicks, to - from)).Select(i => AdClicked.Of(clicks[from + i]))]));
        return streams;
    }

    private static async Task<MartenRun> ReadAsync(string connectionString, double eventsPerSecond, long peak, long count)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand("""
            SELECT count(*), coalesce(sum(clicks), 0)::bigint, pg_total_relation_size('mt_events'), pg_total_relation_size('minute_counts') FROM minute_counts
            """);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new(eventsPerSecond, peak, reader.GetInt64(2) / count, reader.GetInt64(3) / count, new(reader.GetInt64(0), reader.GetInt64(1)));
    }

    private sealed class MinuteTable : IProjection
    {
        public const string Definition = "CREATE TABLE minute_counts (minute timestamptz, ad text, country text, clicks bigint NOT NULL, PRIMARY KEY (minute, ad, country)) WITH (fillfactor = 80)";

        private const string Upsert = """
            INSERT INTO minute_counts AS m (minute, ad, country, clicks) SELECT * FROM unnest(?, ?, ?, ?)
            ON CONFLICT (minute, ad, country) DO UPDATE SET clicks = m.clicks + excluded.clicks
            """;

        public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
        {
            var counts = new Dictionary<(long Minute, string Ad, string Country), long>();
            foreach (var e in events)
            {
                if (e.Data is not AdClicked click) continue;
                var key = (click.ClickedAtMs / 60_000, click.AdId, click.Country);
                counts[key] = counts.GetValueOrDefault(key) + 1;
            }

            var rows = counts.OrderBy(c => c.Key).ToArray();
            operations.QueueSqlCommand(
                Upsert, Array.ConvertAll(rows, r => DateTimeOffset.UnixEpoch.AddMinutes(r.Key.Minute)), Array.ConvertAll(rows, r => r.Key.Ad), Array.ConvertAll(rows, r => r.Key.Country),
                Array.ConvertAll(rows, r => r.Value));
            return Task.CompletedTask;
        }
    }

    /// <summary>What our event says of a click.</summary>
    private sealed record AdClicked(
        string EventId, long ClickedAtMs, string AdId, string CampaignId, string AdvertiserId, string PublisherId, string Visitor, string Country, string Region, string City,
        string DeviceType, string Os, string Browser)
    {
        public static AdClicked Of(Click c) => new(
            c.EventId, c.ClickedAtMs, c.AdId, c.CampaignId, c.AdvertiserId, c.PublisherId, Convert.ToBase64String(c.VisitorHash.Span), c.Country, c.Region, c.City, c.DeviceType, c.Os, c.Browser);
    }
}
