using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Adclicks.Domain.Access;
using Adclicks.Domain.Streams;
using Adclicks.Support;
using Adclicks.Tests.Access;
using Npgsql;

namespace Adclicks.Tests.Observability;

[Collection(nameof(WholeServerTests))]
public sealed partial class FreshnessTests(WholeServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_watermark_of_a_silent_partition_goes_on()
    {
        await UntilAsync(async () => (await GaugesAsync("watermark_seconds")).Count == Partitioner.DefaultCount);
        var before = await GaugesAsync("watermark_seconds");
        await UntilAsync(async () => (await GaugesAsync("watermark_seconds")).All(w => w.Value > before[w.Key] + 1));

        var lag = await GaugesAsync("lag_seconds");
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        var after = await GaugesAsync("watermark_seconds");
        Assert.Equal(Partitioner.DefaultCount, lag.Count);
        Assert.All(lag, l => Assert.InRange(l.Value, 0, 5));
        Assert.All(after, w => Assert.InRange(now - w.Value, -5, 5));
        Assert.All((await StatusAsync()).GetProperty("partitions").EnumerateArray(), p => Assert.InRange(p.GetProperty("lag_seconds").GetDouble(), 0, 1));
    }

    [Fact]
    public async Task A_lane_that_hangs_is_seen_to_fall_behind_and_to_come_back()
    {
        const string Ad = "hanging-ad";
        var partition = Partitioner.PartitionOf(Ad, Partitioner.DefaultCount);
        await using var database = NpgsqlDataSource.Create(server.ConnectionString);
        await using var connection = await database.OpenConnectionAsync(Token);
        await using (var hang = await connection.BeginTransactionAsync(Token))
        {
            await using (var stop = new NpgsqlCommand("SELECT FROM adclicks.leases FOR UPDATE", connection)) await stop.ExecuteNonQueryAsync(Token);
            // Long after the clicks of the server, so that they are in no range that others ask for, and not before its first day.
            var clicks = Enumerable.Range(0, 3).Select(i => new { event_id = $"hang-{i}", timestamp_ms = 1_464_000_000_000 + i, ad_id = Ad, campaign_id = "c" });
            using var sent = await server.SendAsync(Roles.Ingest, HttpMethod.Post, "/track/click_events", JsonSerializer.Serialize(clicks));
            Assert.True(sent.IsSuccessStatusCode);

            await UntilAsync(async () => (await GaugesAsync("lag_seconds"))[partition] > 3);

            Assert.InRange((await GaugesAsync("lag_clicks"))[partition], 1, 10);
            Assert.Equal(1, (await GaugesAsync("lag_events"))[partition]);
            var others = await GaugesAsync("lag_clicks");
            Assert.All(others.Where(o => o.Key != partition), o => Assert.Equal(0, o.Value));
            Assert.InRange((await GaugesAsync("lag_seconds"))[(partition + 4) % Partitioner.DefaultCount], 0, 2.5);
            var status = await StatusAsync();
            Assert.Equal(3, status.GetProperty("clicks_behind").GetInt64());
            Assert.True(status.GetProperty("lag_seconds").GetDouble() > 2.5);
            await hang.RollbackAsync(Token);
        }

        await UntilAsync(async () => (await GaugesAsync("lag_clicks")).All(c => c.Value == 0) && (await GaugesAsync("lag_seconds")).All(s => s.Value < 2));
        Assert.Equal(0, (await StatusAsync()).GetProperty("clicks_behind").GetInt64());
    }

    /// <summary>A gauge of the active generation by partition; another test may be having one built.</summary>
    private async Task<Dictionary<int, double>> GaugesAsync(string name)
    {
        var generation = $"generation=\"{(await StatusAsync()).GetProperty("generation").GetInt32()}\"";
        var (status, text) = await server.ReadAsync("nobody", "/metrics");
        Assert.Equal(200, status);
        return text.Split('\n').Where(l => l.StartsWith($"adclicks_projections_{name}{{", StringComparison.Ordinal) && l.Contains(generation, StringComparison.Ordinal))
            .Select(l => Line().Match(l)).ToDictionary(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture), m => double.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    private async Task<JsonElement> StatusAsync() => JsonDocument.Parse((await server.ReadAsync(Roles.Admin, "/admin/status")).Body).RootElement;

    private static Task UntilAsync(Func<Task<bool>> condition) => Eventually.TrueAsync(condition, "It did not come to be so.");

    [GeneratedRegex("""partition="(\d+)".*?} (\S+)""")]
    private static partial Regex Line();
}
