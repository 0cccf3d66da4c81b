using Adclicks.Domain.Billing;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;

namespace Adclicks.Projections.Reconciliation;

/// <summary>
/// The ledger as it is read to be checked: what is wrong with an entry is a difference, and reading goes on. Rows are kept of the range
/// alone.
/// </summary>
public sealed class LedgerCopy
{
    private readonly List<Difference> _differences = [];

    /// <summary>The entries.</summary>
    public CloseHistory History { get; } = new();

    /// <summary>What is wrong with them by themselves.</summary>
    public IReadOnlyList<Difference> Differences => _differences;

    /// <summary>Reads and checks all of it.</summary>
    /// <param name="log">The log.</param>
    /// <param name="from">The first hour of the range.</param>
    /// <param name="to">The hour after the last.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<LedgerCopy> ReadAsync(IEventLog log, int from, int to, CancellationToken cancellationToken)
    {
        var copy = new LedgerCopy();
        var reader = new LedgerReader();
        var previous = LedgerHash.Beginning;
        long next = 0;
        await foreach (var recorded in log.ReadAsync(StreamNames.Billing, ReadDirection.Forwards, 0, cancellationToken: cancellationToken))
        {
            if (recorded.Revision != next) copy.Report(Difference.Log, null, $"billing@{next}–{recorded.Revision - 1}", "events", "none");
            next = recorded.Revision + 1;
            try
            {
                if (reader.Take(recorded.Type, recorded.Data.Span) is not { } entry) continue;
                copy.Take(entry, recorded.Revision, ref previous, isInRange: entry.Hour >= from && entry.Hour < to);
            }
            catch (Exception e) when (e is FormatException or InvalidDataException)
            {
                copy.Report(Difference.Chain, null, $"billing@{recorded.Revision}", "an entry", e.Message);
            }
        }

        return copy;
    }

    private void Take(LedgerEntry entry, long revision, ref ReadOnlyMemory<byte> previous, bool isInRange)
    {
        if (!entry.PreviousHash.Span.SequenceEqual(previous.Span)) ReportChain("previous_hash", previous, entry.PreviousHash);
        var hash = LedgerHash.Of(entry);
        if (!entry.Hash.Span.SequenceEqual(hash)) ReportChain("hash", hash, entry.Hash);
        previous = entry.Hash;
        foreach (var row in entry.Rows.Concat(entry.Adjustments).Where(r => r.Problem is not null))
            _differences.Add(new Difference(Difference.Ledger, row.Hour, row.AdvertiserId, Difference.CampaignAndAd(row), "counts that add up", row.Problem!));
        History.Add(isInRange ? entry : entry with { Rows = [], Adjustments = [] });

        void ReportChain(string what, ReadOnlyMemory<byte> expected, ReadOnlyMemory<byte> found) =>
            _differences.Add(new Difference(Difference.Chain, entry.Hour, null, $"billing@{revision} {what}", Hex(expected), Hex(found), Difference.AdvertisersOf(entry)));
    }

    private void Report(string where, int? hour, string subject, string expected, string found) =>
        _differences.Add(new Difference(where, hour, null, subject, expected, found));

    internal static string Hex(ReadOnlyMemory<byte> hash) => Convert.ToHexStringLower(hash.Span)[..16] + "…";
}
