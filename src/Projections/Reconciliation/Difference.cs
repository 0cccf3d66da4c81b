using Adclicks.Domain.Billing;

namespace Adclicks.Projections.Reconciliation;

/// <summary>Something that is not as the log says.</summary>
/// <param name="Where">What was compared: <c>ledger</c>, <c>adjustments</c>, <c>chain</c>, <c>rollups</c>, <c>archive</c>, <c>audit</c> or <c>log</c>.</param>
/// <param name="Hour">The hour of the clicks; null where it is about no hour.</param>
/// <param name="AdvertiserId">Whose; null where it cannot be told.</param>
/// <param name="Subject">What of it: an ad, an entry, a range of revisions.</param>
/// <param name="Expected">What the log gives.</param>
/// <param name="Found">What was found.</param>
/// <param name="Among">Where it is not one: whose clicks it is about.</param>
public sealed record Difference(string Where, int? Hour, string? AdvertiserId, string Subject, string Expected, string Found, IReadOnlyList<string>? Among = null)
{
    /// <summary>Where counts differ.</summary>
    public const string Ledger = "ledger", Adjustments = "adjustments", Rollups = "rollups";

    /// <summary>Where a hash, or the order of the entries, does.</summary>
    public const string Chain = "chain";

    /// <summary>Where the count that EventStoreDB keeps of its events does.</summary>
    public const string Audit = "audit";

    /// <summary>Where the log has not all it should have.</summary>
    public const string Log = "log";

    /// <summary>Whose clicks an entry is about.</summary>
    internal static IReadOnlyList<string> AdvertisersOf(LedgerEntry entry) => [.. entry.Rows.Concat(entry.Adjustments).Select(r => r.AdvertiserId).Distinct()];

    internal static string CampaignAndAd(LedgerRow row) => $"{row.CampaignId}/{row.AdId}";
}
