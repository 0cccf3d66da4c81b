using Adclicks.Admin;
using Adclicks.Commands;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Hosting;
using Adclicks.Projections.Reconciliation;

namespace Adclicks.Reconcile;

/// <summary>Replays the log by the rules alone and compares: the ledger first, then every table of the rollups.</summary>
internal sealed class Reconciliation(ReconcileRequest request, TimeProvider time)
{
    private const int MaxLooks = 5;
    private const int DaysByMinute = 7;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60), Poll = TimeSpan.FromMilliseconds(200);
    private readonly DataDirectory _directory = new(request.Data.FullName);
    private readonly (int From, int To) _range = (request.From ?? 0, request.To ?? BillingHour.Of(time.GetUtcNow()));

    /// <summary>What differs, and what was looked at.</summary>
    /// <exception cref="InvalidDataException">It could not be finished, and why.</exception>
    public async Task<ReconcileResult> RunAsync(CancellationToken cancellationToken)
    {
        if (request.Archive is { } archive) return await RunAsync(archive, cancellationToken);
        await using var log = LogSource.OpenWhole(_directory, request.Log);
        return await CompareAsync(log, withRollups: !request.LedgerOnly, cancellationToken);
    }

    /// <summary>The archive is a log like another: its events up to the last close in it, and behind them those of the log in use.</summary>
    private async Task<ReconcileResult> RunAsync(string archive, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        await using var log = LogSource.OpenIfAny(_directory, request.Log);
        await using var source = ArchiveSource.Open(archive, _directory);
        var check = await source.CheckAsync(log, _range, cancellationToken);
        if (await source.LogAsync(log, cancellationToken) is not { } events)
            return new ReconcileResult([.. check.Differences.Where(IsWanted)], 0, time.GetElapsedTime(started), check.Entries, -1, null, WithRollups: false, check.Clicks);
        var result = await CompareAsync(events, withRollups: log is not null && !request.LedgerOnly && await AreReportsThereAsync(cancellationToken), cancellationToken);
        return result with { Differences = [.. check.Differences.Where(IsWanted), .. result.Differences], Elapsed = time.GetElapsedTime(started), Archived = check.Clicks };
    }

    private async Task<ReconcileResult> CompareAsync(IEventLog log, bool withRollups, CancellationToken cancellationToken)
    {
        var (reference, settings) = await ReferenceReplay.ReadAsync(log, cancellationToken);
        if (settings is null) throw new InvalidDataException("The log is empty: it was never started.");
        var (from, to) = _range;
        var ledger = await LedgerCopy.ReadAsync(log, from, to, cancellationToken);
        var questions = withRollups ? RollupQuestion.All(withMinutes: await AreFewDaysAsync(from, to, cancellationToken)) : [];
        var rollups = withRollups ? new RollupTotals(settings.Partitions, questions, from, to) : null;
        var uniques = request.Exact ? new ExactUniques(settings.Partitions, from, to) : null;
        var replay = new LogReplay(settings.Partitions, ledger.History, new DedupOptions(), reference, (from, to), uniques, rollups);
        var started = time.GetTimestamp();
        // What the ledger covers the log must have, at its end too.
        var ends = await EndsAsync(log, settings.Partitions, cancellationToken);
        if (ledger.History.Entries.Count > 0) ends = [.. ends.Zip(ledger.History.Entries[^1].Through, Math.Max)];
        await ReplayProgress.ShowAsync(replay, ends, log, time, cancellationToken);
        var elapsed = time.GetElapsedTime(started);
        var differences = new List<Difference>([.. replay.Differences, .. ledger.Differences, .. LedgerComparison.Compare(ledger.History, replay, from, to)]);
        var clicks = replay.Progress.Clicks;
        IReadOnlyList<DroppedReport> dropped = [];
        if (rollups is not null)
        {
            (var ofReports, dropped) = await CompareRollupsAsync(replay, questions, (from, to), cancellationToken);
            differences.AddRange(ofReports);
        }

        var audited = await CompareAuditAsync(replay, differences, cancellationToken);
        return new ReconcileResult(
            [.. differences.Where(IsWanted)],
            clicks, elapsed, ledger.History.Entries.Count(e => e.Hour >= from && e.Hour < to), ledger.History.ClosedThrough,
            uniques?.Count(), withRollups, Dropped: dropped, Audited: audited);
    }

    /// <summary>The clicks that EventStoreDB's own projection has counted; null where there is none to ask.</summary>
    private async Task<long?> CompareAuditAsync(LogReplay replay, List<Difference> differences, CancellationToken cancellationToken)
    {
        if (request.LedgerOnly || request.Log is not null || request.Archive is not null) return null;
        await using var audit = await AuditSource.OpenAsync(cancellationToken);
        if (audit is null) return null;
        var counts = await audit.CountAsync([.. replay.LogAudits.Select(a => a.Through)], Patience, time, cancellationToken);
        // It is asked last, and may be further than the replay.
        await replay.ReadAsync(audit.Log, [.. counts.Select(c => c.Through)], Environment.ProcessorCount, cancellationToken);
        for (var p = 0; p < counts.Count; p++) differences.AddRange(replay.LogAudits[p].Compare(p, replay.Audits[p], counts[p], _range.From, _range.To));
        return counts.Sum(c => c.Hours.Values.Sum());
    }

    /// <summary>An archive can be judged where no process runs; one that runs and refuses is another thing.</summary>
    private async Task<bool> AreReportsThereAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var http = request.Connect();
            await RevisionsAsync(new AdminClient(http), cancellationToken);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException { StatusCode: null } or IOException)
        {
            return false;
        }
    }

    private bool IsWanted(Difference difference) => request.Advertiser is null || difference.AdvertiserId is null || difference.AdvertiserId == request.Advertiser;

    /// <summary>Minutes are many: they are looked at where the range, or what the reports have of it, is a week at most.</summary>
    private async Task<bool> AreFewDaysAsync(int from, int to, CancellationToken cancellationToken)
    {
        using var http = request.Connect();
        if (await new RollupReader(http).ExtentAsync(cancellationToken) is not { } extent) return true;
        return Math.Min(to, BillingHour.Of(extent.To)) - Math.Max(from, BillingHour.Of(extent.From)) <= DaysByMinute * 24;
    }

    private async Task<(IReadOnlyList<Difference> Differences, IReadOnlyList<DroppedReport> Dropped)> CompareRollupsAsync(LogReplay replay, IReadOnlyList<RollupQuestion> questions, (int From, int To) range, CancellationToken cancellationToken)
    {
        using var http = request.Connect();
        var admin = new AdminClient(http);
        await ProjectedAsync(admin, replay.Revisions, cancellationToken);
        for (var look = 0; look < MaxLooks; look++)
        {
            var reader = new RollupReader(http);
            var expected = replay.Rollups!.Count();
            var extent = await ExtentAsync(reader, expected, range, cancellationToken);
            var found = new Dictionary<RollupKey, RollupCounts>();
            var held = new HeldTimes((await StatusAsync(admin, cancellationToken)).Dropped);
            for (var q = 0; q < questions.Count; q++)
            {
                foreach (var part in held.Within(questions[q].Granularity, questions[q].Within(extent.From, extent.To)))
                    await reader.ReadAsync(q, questions[q], part, found, cancellationToken);
            }

            var verdicts = await reader.VerdictsAsync(extent, cancellationToken);
            // What was projected meanwhile may be in what was read. Where it is of other hours it makes no difference.
            if (!await ReadOnAsync(admin, replay, cancellationToken) || replay.Rollups.Count() is var now && now.Count == expected.Count && !now.Except(expected).Any())
                return ([.. reader.Unreadable, .. RollupComparison.Compare(questions, Held(expected, questions, held), found), .. RollupComparison.Compare(replay.Verdicts(range.From, range.To), verdicts)], held.GoneFrom(questions, range));
        }

        throw new InvalidDataException("Clicks of these hours keep coming in, so the reports do not stand still: give --to an earlier time.");
    }

    private static Dictionary<RollupKey, RollupCounts> Held(Dictionary<RollupKey, RollupCounts> expected, IReadOnlyList<RollupQuestion> questions, HeldTimes held) =>
        expected.Where(e => held.Has(questions[e.Key.Question].Granularity, e.Key.BucketMs)).ToDictionary();

    /// <summary>Clicks in the reports that the log knows nothing of are looked for too.</summary>
    private static async Task<(int From, int To)> ExtentAsync(RollupReader reader, Dictionary<RollupKey, RollupCounts> expected, (int From, int To) range, CancellationToken cancellationToken)
    {
        var extent = await reader.ExtentAsync(cancellationToken);
        var first = Math.Min(expected.Keys.Select(k => BillingHour.Of(k.BucketMs)).DefaultIfEmpty(range.To).Min(), extent is { } e ? BillingHour.Of(e.From) : range.To);
        var last = Math.Max(expected.Keys.Select(k => BillingHour.Of(k.BucketMs) + 24).DefaultIfEmpty(range.From).Max(), extent is { } x ? BillingHour.Of(x.To) : range.From);
        return (Math.Max(range.From, first / 24 * 24), Math.Min(range.To, last));
    }

    /// <summary>Waits until all that was replayed is in the rollups.</summary>
    private async Task ProjectedAsync(AdminClient admin, IReadOnlyList<long> revisions, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while ((await RevisionsAsync(admin, cancellationToken)).Where((r, p) => r < revisions[p]).Any())
        {
            if (time.GetElapsedTime(started) > Patience) throw new InvalidDataException("The projections are behind the log: try again when adclicks status shows none behind.");
            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    /// <summary>Replays what was projected since. False where nothing was.</summary>
    private async Task<bool> ReadOnAsync(AdminClient admin, LogReplay replay, CancellationToken cancellationToken)
    {
        var projected = await RevisionsAsync(admin, cancellationToken);
        if (!projected.Where((r, p) => r > replay.Revisions[p]).Any()) return false;
        await using var log = LogSource.OpenWhole(_directory, request.Log, request.Archive);
        var ends = await EndsAsync(log, projected.Count, cancellationToken);
        if (projected.Where((r, p) => r > ends[p]).Any()) throw new InvalidDataException("The reports are of another log, or the log has lost its end.");
        await replay.ReadAsync(log, projected, Environment.ProcessorCount, cancellationToken);
        return true;
    }

    private static async Task<IReadOnlyList<long>> RevisionsAsync(AdminClient admin, CancellationToken cancellationToken) =>
        [.. (await StatusAsync(admin, cancellationToken)).Partitions.OrderBy(p => p.Partition).Select(p => p.Revision)];

    private static async Task<StatusReport> StatusAsync(AdminClient admin, CancellationToken cancellationToken) =>
        (await admin.GetAsync<StatusReport>("/admin/status", cancellationToken))!;

    private static async Task<long[]> EndsAsync(IEventLog log, int partitions, CancellationToken cancellationToken)
    {
        var ends = new long[partitions];
        for (var p = 0; p < partitions; p++) ends[p] = await log.GetLastRevisionAsync(StreamNames.Clicks(p), cancellationToken);
        return ends;
    }
}

/// <summary>How it ended.</summary>
/// <param name="Differences">Nothing where all is equal.</param>
/// <param name="Clicks">Replayed.</param>
/// <param name="Elapsed">The time that took.</param>
/// <param name="Entries">Of the ledger, compared.</param>
/// <param name="ClosedThrough">The last hour closed.</param>
/// <param name="Uniques">Where wanted.</param>
/// <param name="WithRollups">Whether the reports were compared.</param>
/// <param name="Dropped">What of the range retention has taken from the reports, and so was not compared.</param>
/// <param name="Audited">Clicks that EventStoreDB's own projection has counted; null without one.</param>
/// <param name="Archived">Clicks in the files of an archive that were held against the ledger; null without an archive.</param>
internal sealed record ReconcileResult(
    IReadOnlyList<Difference> Differences, long Clicks, TimeSpan Elapsed, int Entries, int ClosedThrough,
    IReadOnlyDictionary<(int Hour, string AdvertiserId), (long Users, long Ips)>? Uniques, bool WithRollups, long? Archived = null, IReadOnlyList<DroppedReport>? Dropped = null, long? Audited = null);
