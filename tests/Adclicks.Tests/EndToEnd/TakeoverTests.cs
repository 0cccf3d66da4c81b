using System.Globalization;
using System.Text;
using Adclicks.Support;
using Adclicks.Support.Postgres;

namespace Adclicks.Tests.EndToEnd;

/// <summary>
/// Projectors that share their lanes, killed and paused at random under load. They need a log that processes can share:
/// <c>ADCLICKS_TEST_EVENTSTORE</c>.
/// </summary>
public sealed class TakeoverTests : IDisposable
{
    private const int Projectors = 3, Disturbances = 12, BatchClicks = 40;
    private static readonly string _server = Environment.GetEnvironmentVariable("ADCLICKS_TEST_EVENTSTORE") ?? "";
    private readonly string _data = Directory.CreateTempSubdirectory("adclicks-takeover-").FullName;
    private readonly string _campaign = $"takeover-{Guid.NewGuid():N}";
    private readonly Random _random = new(20150518);
    private readonly AdclicksProcess[] _projectors = new AdclicksProcess[Projectors];
    private volatile bool _isOver;
    private int _acknowledged;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Every_click_is_counted_once_whoever_dies_or_sleeps()
    {
        Assert.SkipWhen(_server.Length == 0, "ADCLICKS_TEST_EVENTSTORE names no server");
        await using var database = await TestPostgres.CreateDatabaseAsync(Token);
        await using var up = await AdclicksProcess.UpAsync(_data, database.ConnectionString, settings: ("EventStore:ConnectionString", _server));
        for (var i = 0; i < Projectors; i++) _projectors[i] = Project(database.ConnectionString);
        try
        {
            var loading = LoadAsync(up);
            await DisturbAsync(database.ConnectionString);
            _isOver = true;
            var batches = await loading;
            await UntilReportedAsync(up, (long)batches * BatchClicks);
            var (code, output) = await AdclicksProcess.RunAsync("rebuild", "--data", _data);
            Assert.True(code == 0 && output.Contains("identical to the active one", StringComparison.Ordinal), output);
        }
        finally
        {
            foreach (var projector in _projectors) await projector.DisposeAsync();
        }
    }

    private AdclicksProcess Project(string postgres) => AdclicksProcess.Project(_data, postgres, ("EventStore:ConnectionString", _server));

    /// <summary>Kills one and starts another in its place, or stops one in mid-air for longer or shorter than its lease.</summary>
    private async Task DisturbAsync(string postgres)
    {
        for (var i = 0; i < Disturbances; i++)
        {
            var victim = _random.Next(Projectors);
            await UntilAcknowledgedAsync(_random.Next(50, 400));
            if (_random.Next(2) == 0)
            {
                await _projectors[victim].DisposeAsync();
                await UntilAcknowledgedAsync(_random.Next(0, 200));
                _projectors[victim] = Project(postgres);
                continue;
            }

            await _projectors[victim].PauseAsync();
            await UntilAcknowledgedAsync(_random.Next(50, 2_000));
            await _projectors[victim].ContinueAsync();
        }
    }

    private async Task UntilAcknowledgedAsync(int batches)
    {
        var until = Volatile.Read(ref _acknowledged) + batches;
        await Eventually.TrueAsync(() => Volatile.Read(ref _acknowledged) >= until, "Clicks are not taken in.");
    }

    private async Task<int> LoadAsync(AdclicksProcess up)
    {
        var batch = 0;
        while (!_isOver)
        {
            // A log under load may be busy for a moment; what is sent again is recorded once.
            if (await up.SendAsync(Lines(batch)) is null) continue;
            batch++;
            Interlocked.Increment(ref _acknowledged);
        }

        return batch;
    }

    private string Lines(int batch)
    {
        var lines = new StringBuilder();
        for (var n = batch * BatchClicks; n < (batch + 1) * BatchClicks; n++)
        {
            lines.Append(CultureInfo.InvariantCulture, $$"""{"event_id":"{{_campaign}}-{{n}}","ad_id":"ad{{n % 97}}","campaign_id":"{{_campaign}}","user_id":"u{{n % 5000}}","timestamp_ms":{{1_431_856_800_000 + (n * 10L)}}}""").Append('\n');
        }

        return lines.ToString();
    }

    private async Task UntilReportedAsync(AdclicksProcess up, long clicks)
    {
        await up.UntilReportedAsync($"totals?start_time=2015-05-17&end_time=2015-05-21&filters=campaign_id:{_campaign}&metrics=gross_click_count", clicks);
    }
}
