using System.Diagnostics;
using System.Globalization;
using System.Text;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.EventStoreDb;
using Adclicks.EventStore.EventStoreDb.Connection;
using Adclicks.Projections.Billing;
using Adclicks.Support.Postgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace Adclicks.Tests.EndToEnd;

/// <summary>
/// Three processes that close the same hours at once, each killed while they do, and clicks that come too late. They need a log that
/// processes can share, and one without a ledger: <c>ADCLICKS_TEST_EVENTSTORE</c>.
/// </summary>
public sealed class CompetingClosersTests : IDisposable
{
    private const int Closers = 3, Rounds = 4, DaysPerRound = 6, ClicksPerHour = 4, LateAtOnce = 10;
    private static readonly string _server = Environment.GetEnvironmentVariable("ADCLICKS_TEST_EVENTSTORE") ?? "";
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);
    private readonly string _data = Directory.CreateTempSubdirectory("adclicks-closers-").FullName;
    private readonly string _campaign = $"closers-{Guid.NewGuid():N}";
    private readonly int _firstHour = BillingHour.Of(TimeProvider.System.GetUtcNow()) - ((DaysPerRound * Rounds) + 1) * 24;
    private readonly Dictionary<string, (int Hour, bool IsLate)> _sent = [];
    private int _killedInTheMiddle;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Every_hour_is_closed_once_and_every_late_click_adjusts_once_whoever_is_killed()
    {
        Assert.SkipWhen(_server.Length == 0, "ADCLICKS_TEST_EVENTSTORE names no server");
        await using var log = new EventStoreDbLog(_server, new EventStoreDbOptions(), TimeProvider.System, NullLogger<EventStoreDbLog>.Instance);
        var ledger = new LedgerStore(log);
        Assert.SkipWhen((await ledger.LastAsync(Token)).Last is not null, "The server has a ledger already, whose hours are not closed again: it takes a new one.");
        await using var database = await TestPostgres.CreateDatabaseAsync(Token);
        await using var up = await AdclicksProcess.UpAsync(_data, database.ConnectionString, settings: [("EventStore:ConnectionString", _server), ("Billing:Close", "false")]);
        await SendAsync(up, Enumerable.Range(0, DaysPerRound * Rounds * 24 * ClicksPerHour).Select(i => _firstHour + (i / ClicksPerHour)), areLate: false);

        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"closers are killed by seed {seed}");
        var random = new Random(seed);
        for (var round = 1; round <= Rounds; round++) await CloseWhileKillingAsync(up, log, ledger, database.ConnectionString, round, random);
        Assert.True(_killedInTheMiddle > 0, "Nobody was killed while there was something to close.");
        await CloseAllAsync(database.ConnectionString);

        await AssertLedgerAsync(ledger);
        var from = BillingHour.Text(_firstHour);
        var (code, output) = await AdclicksProcess.RunAsync([("EventStore:ConnectionString", _server)], "reconcile", "--from", from, "--data", _data);
        Assert.True(code == 0 && output.Contains("Equal.", StringComparison.Ordinal), output);
    }

    /// <summary>Three closers to whom six days more are due; all are asked at once and go on being asked, until the last is killed.</summary>
    private async Task CloseWhileKillingAsync(AdclicksProcess up, IEventLog log, LedgerStore ledger, string postgres, int round, Random random)
    {
        var through = _firstHour + (round * DaysPerRound * 24) - 1;
        var closers = Enumerable.Range(0, Closers).Select(_ => Closer(postgres, through)).ToArray();
        try
        {
            await Task.WhenAll(closers.Select(c => c.UntilItListensAsync(_data)));
            var asking = closers.Select(AskAsync).ToList();
            random.Shuffle(closers);
            foreach (var victim in closers)
            {
                await UntilWrittenAsync(log, ledger, random.Next(1, 60), through);
                await victim.KillAsync();
                var (last, _) = await ledger.LastAsync(Token);
                if (last is not { } entry) continue;
                if (entry.Entry.ClosedThrough < through) _killedInTheMiddle++;
                await SendAsync(up, Enumerable.Range(0, LateAtOnce).Select(_ => random.Next(_firstHour, entry.Entry.ClosedThrough + 1)), areLate: true);
            }

            await Task.WhenAll(asking);
        }
        finally
        {
            foreach (var closer in closers) await closer.DisposeAsync();
        }
    }

    private async Task CloseAllAsync(string postgres)
    {
        await using var closer = Closer(postgres, BillingHour.Of(TimeProvider.System.GetUtcNow()) - 2);
        await closer.UntilItListensAsync(_data);
        Assert.True(await closer.CloseAsync());
    }

    /// <summary>One whose lateness is such that hours are due through one, and who writes each event by itself.</summary>
    private AdclicksProcess Closer(string postgres, int through)
    {
        var lateness = (int)(TimeProvider.System.GetUtcNow() - BillingHour.Start(through + 1)).TotalMinutes;
        return AdclicksProcess.Project(
            _data, postgres, ("EventStore:ConnectionString", _server), ("Billing:LatenessMinutes", lateness.ToString(CultureInfo.InvariantCulture)), ("Billing:PollMs", "100"), ("Billing:RowsPerEvent", "2"),
            ("Billing:AppendBytes", "1"));
    }

    private static async Task AskAsync(AdclicksProcess closer)
    {
        while (closer.IsRunning) await closer.CloseAsync();
    }

    private static async Task UntilWrittenAsync(IEventLog log, LedgerStore ledger, int events, int through)
    {
        var clock = Stopwatch.StartNew();
        var until = await log.GetLastRevisionAsync(StreamNames.Billing, Token) + events;
        while (await log.GetLastRevisionAsync(StreamNames.Billing, Token) < until && ((await ledger.LastAsync(Token)).Last?.Entry.ClosedThrough ?? BillingHour.None) < through)
            Assert.True(clock.Elapsed < _limit, "Nobody closes.");
    }

    /// <summary>Each click has an ad of its own, so that the ledger has a row of its own for each.</summary>
    private async Task SendAsync(AdclicksProcess up, IEnumerable<int> hours, bool areLate)
    {
        foreach (var batch in hours.Chunk(1_000))
        {
            var lines = new StringBuilder();
            foreach (var hour in batch)
            {
                var ad = $"ad{_sent.Count}";
                _sent.Add(ad, (hour, areLate));
                lines.Append(CultureInfo.InvariantCulture, $$"""{"event_id":"{{_campaign}}-{{ad}}","ad_id":"{{ad}}","campaign_id":"{{_campaign}}","user_id":"u-{{ad}}","timestamp_ms":{{BillingHour.StartMs(hour) + 1}}}""").Append('\n');
            }

            // What is sent again is recorded once.
            for (var clock = Stopwatch.StartNew(); await up.SendAsync(lines.ToString()) is null;) Assert.True(clock.Elapsed < _limit, "Clicks are not taken in.");
        }
    }

    private async Task AssertLedgerAsync(LedgerStore ledger)
    {
        var rows = new List<(LedgerRow Row, bool IsLate)>();
        var (closed, previous) = (BillingHour.None, LedgerHash.Beginning);
        await foreach (var (_, entry) in ledger.ReadAsync(0, Token))
        {
            Assert.Equal(previous, entry.PreviousHash);
            Assert.Equal(LedgerHash.Of(entry), entry.Hash);
            Assert.InRange(entry.Hour, closed + 1, entry.ClosedThrough);
            Assert.All(entry.Rows, r => Assert.Equal(entry.Hour, r.Hour));
            Assert.All(entry.Adjustments, r => Assert.InRange(r.Hour, 0, closed));
            (closed, previous) = (entry.ClosedThrough, entry.Hash);
            rows.AddRange([.. entry.Rows.Select(r => (r, false)), .. entry.Adjustments.Select(r => (r, true))]);
        }

        var byAd = rows.Where(r => r.Row.CampaignId == _campaign).ToLookup(r => r.Row.AdId);
        Assert.Equal(_sent.Count, byAd.Count);
        foreach (var (ad, (hour, isLate)) in _sent)
        {
            var (row, isAdjustment) = Assert.Single(byAd[ad]);
            Assert.Equal((hour, isLate, 1L), (row.Hour, isAdjustment, row.Clicks.Gross));
        }
    }
}
