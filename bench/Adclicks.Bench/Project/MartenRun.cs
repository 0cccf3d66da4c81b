using System.Diagnostics;
using Adclicks.Bench.Clicks;
using Adclicks.Domain.Clicks;
using Adclicks.Support.Postgres;
using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Adclicks.Bench.Project;

/// <summary>
/// The usual way: an event per click in Marten's event store, its async daemon, and a projection written by hand that adds up each batch and
/// upserts its rows in one statement. Neither duplicates nor sketches.
/// </summary>
internal static class MartenRun
{
    private const int StreamClicks = 1_000, LoadClicks = 50_000, BatchClicks = 20_000;
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(30);

    /// <summary>Events a second, from the start of the daemon until all are in the table.</summary>
    public static async Task<double> OfAsync(GeneratedClicks clicks, long count)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await using (var source = NpgsqlDataSource.Create(database.ConnectionString))
        await using (var create = source.CreateCommand(MinuteCounts.Table)) await create.ExecuteNonQueryAsync();
        IEventRegistry? events = null;
        await using var store = DocumentStore.For(options =>
        {
            options.Connection(database.ConnectionString);
            options.Events.AddEventType<AdClicked>();
            options.Projections.Add(new MinuteCounts(), ProjectionLifecycle.Async, "minute_counts", o =>
            {
                o.BatchSize = BatchClicks;
                o.MaximumHopperSize = 5 * BatchClicks;
            });
            events = (IEventRegistry)options.Events;
        });
        for (long from = 0; from < count; from += LoadClicks) await store.BulkInsertEventsAsync(Streams(events!, clicks, from, Math.Min(count, from + LoadClicks)));

        var clock = Stopwatch.StartNew();
        using var daemon = await store.BuildProjectionDaemonAsync(logger: NullLogger.Instance);
        await daemon.StartAllAsync();
        await daemon.WaitForNonStaleData(_patience);
        var elapsed = clock.Elapsed;
        await daemon.StopAllAsync();
        await CheckAsync(database.ConnectionString, count);
        return count / elapsed.TotalSeconds;
    }

    private static List<StreamAction> Streams(IEventRegistry events, GeneratedClicks clicks, long from, long to)
    {
        var streams = new List<StreamAction>();
        for (; from < to; from += StreamClicks)
            streams.Add(StreamAction.Start(events, Guid.NewGuid(), [.. Enumerable.Range(0, (int)Math.Min(StreamClicks, to - from)).Select(i => AdClicked.Of(clicks[from + i]))]));
        return streams;
    }

    private static async Task CheckAsync(string connectionString, long count)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand("SELECT sum(clicks)::bigint FROM minute_counts");
        if (await command.ExecuteScalarAsync() is not long counted || counted != count) throw new InvalidOperationException("Marten's table has not all clicks.");
    }

    private sealed class MinuteCounts : IProjection
    {
        public const string Table = "CREATE TABLE minute_counts (minute timestamptz, ad text, country text, clicks bigint NOT NULL, PRIMARY KEY (minute, ad, country)) WITH (fillfactor = 80)";

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
                Upsert, Array.ConvertAll(rows, r => DateTime.UnixEpoch.AddMinutes(r.Key.Minute)), Array.ConvertAll(rows, r => r.Key.Ad), Array.ConvertAll(rows, r => r.Key.Country),
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
