namespace Adclicks.Domain.Billing.Statements;

/// <summary>
/// What one advertiser is billed for a month: the closed hours of the month, and the adjustments that were written in it. A function of
/// the ledger: once the month is closed, the same statement for ever.
/// </summary>
public sealed record Statement
{
    /// <summary>Whose; the empty string for clicks whose advertiser is not known.</summary>
    public required string AdvertiserId { get; init; }

    /// <summary>The month, <c>2026-11</c>.</summary>
    public required BillingMonth Month { get; init; }

    /// <summary>Whether all hours of the month are closed: nothing can come to it any more.</summary>
    public required bool IsFinal { get; init; }

    /// <summary>The end of the last hour closed, at most that of the month; null where none of the month is.</summary>
    public required DateTimeOffset? ClosedUntil { get; init; }

    /// <summary>By day and campaign, in that order.</summary>
    public required IReadOnlyList<StatementLine> Lines { get; init; }

    /// <summary>By the hour in which they were written, the hour of the clicks, and campaign.</summary>
    public required IReadOnlyList<StatementAdjustment> Adjustments { get; init; }

    /// <summary>Lines and adjustments together, by what became of the clicks.</summary>
    public required ClickTally Total { get; init; }

    /// <summary>Where the chain of the ledger stands with the last entry this rests on: its hash in hexadecimal; null before the first.</summary>
    public required string? ChainHash { get; init; }
}

/// <summary>Clicks of a campaign on a day.</summary>
public sealed record StatementLine(DateOnly Day, string CampaignId, ClickTally Clicks);

/// <summary>Clicks that came after the close of their hour.</summary>
/// <param name="WrittenIn">The hour with whose close they were written.</param>
/// <param name="Hour">The hour they belong to.</param>
/// <param name="CampaignId">Their campaign.</param>
/// <param name="Clicks">Their counts.</param>
public sealed record StatementAdjustment(DateTimeOffset WrittenIn, DateTimeOffset Hour, string CampaignId, ClickTally Clicks)
{
    /// <summary>The only one there is.</summary>
    public const string Reason = "arrived after the close of its hour";
}
