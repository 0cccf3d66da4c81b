using System.Diagnostics;
using System.Text;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.Embedded;
using Adclicks.Support;
using Adclicks.Support.Postgres;

namespace Adclicks.Tests.EndToEnd;

public sealed class KillTests : IDisposable
{
    private const int Kills = 10;
    private const int BatchClicks = 40;
    private readonly string _data = Directory.CreateTempSubdirectory("adclicks-kill-").FullName;
    private readonly Random _random = new(20150517);

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task What_was_acknowledged_survives_kills_exactly_once_and_is_counted_once()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(TestContext.Current.CancellationToken);
        var sent = 0;
        for (var round = 0; round <= Kills; round++)
        {
            await using var up = await AdclicksProcess.UpAsync(_data, database.ConnectionString);
            sent = await LoadAsync(up, sent, kill: round < Kills);
            if (round < Kills) continue;
            await WaitUntilProjectedAsync(up, sent * BatchClicks);
            await up.StopAsync();
        }

        var logged = await LoggedIdsAsync();
        Assert.Equal(Enumerable.Range(0, sent * BatchClicks).Select(n => $"e{n}").Order(StringComparer.Ordinal), logged.Order(StringComparer.Ordinal));
    }

    /// <summary>Sends batch after batch, each again until it is acknowledged; in the midst of it the server is killed.</summary>
    private async Task<int> LoadAsync(AdclicksProcess up, int batch, bool kill)
    {
        var limit = Stopwatch.StartNew();
        var killed = kill ? KillAfterAsync(up, _random.Next(1, 30)) : Task.CompletedTask;
        for (var n = 0; n < 60 && limit.Elapsed < TimeSpan.FromSeconds(20); n++)
        {
            if (await up.SendAsync(Lines(batch)) is not { } answer)
            {
                if (!up.IsRunning) return batch;
                // Busy for a moment: the same again.
                n--;
                continue;
            }

            Assert.Equal(BatchClicks, answer.GetProperty("accepted").GetInt32());
            Interlocked.Increment(ref _acknowledged);
            batch++;
        }

        await killed;
        return batch;
    }

    private int _acknowledged;

    private async Task KillAfterAsync(AdclicksProcess up, int batches)
    {
        var until = Volatile.Read(ref _acknowledged) + batches;
        await Eventually.TrueAsync(() => Volatile.Read(ref _acknowledged) >= until, "Too few were acknowledged.");
        await up.KillAsync();
    }

    private static string Lines(int batch)
    {
        var lines = new StringBuilder();
        for (var i = 0; i < BatchClicks; i++)
        {
            var n = (batch * BatchClicks) + i;
            lines.Append("{\"event_id\":\"e").Append(n).Append("\",\"ad_id\":\"ad").Append(n % 97).Append("\",\"campaign_id\":\"c\",\"user_id\":\"u").Append(n)
                .Append("\",\"timestamp_ms\":").Append(1_431_856_800_000 + (n * 10L)).Append("}\n");
        }

        return lines.ToString();
    }

    /// <summary>The rollups equal a count of what was sent: all visitors differ, so all clicks count.</summary>
    private static async Task WaitUntilProjectedAsync(AdclicksProcess up, int clicks)
    {
        var rows = await up.UntilReportedAsync("timeseries?start_time=2015-05-17T00:00:00Z&end_time=2015-05-21T00:00:00Z&granularity=day&metrics=gross_click_count,click_count", clicks);
        Assert.Equal(clicks, rows.Sum(r => r.GetProperty("click_count").GetInt64()));
    }

    private async Task<List<string>> LoggedIdsAsync()
    {
        var ids = new List<string>();
        await using var log = EmbeddedEventLog.OpenReadOnly(Path.Combine(_data, "log"));
        for (var partition = 0; partition < Partitioner.DefaultCount; partition++)
        {
            await foreach (var e in log.ReadAsync(StreamNames.Clicks(partition), ReadDirection.Forwards, StreamPosition.Start))
            {
                foreach (var click in ClicksRecorded.Read(e.Data.Span)) ids.Add(Encoding.UTF8.GetString(click.EventId));
            }
        }

        return ids;
    }
}
