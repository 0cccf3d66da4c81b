using Adclicks.Domain.Dedup;

namespace Adclicks.Domain.Billing;

/// <summary>What one ad got in one hour.</summary>
/// <param name="Hour">The hour of the clicks.</param>
/// <param name="AdvertiserId">Empty where unknown.</param>
/// <param name="CampaignId">Empty where unknown.</param>
/// <param name="AdId">Never empty.</param>
/// <param name="Clicks">The counts.</param>
public sealed record LedgerRow(int Hour, string AdvertiserId, string CampaignId, string AdId, ClickTally Clicks)
{
    /// <summary>What in the row as it is stored contradicts itself; null for nothing.</summary>
    public string? Problem { get; init; }
}

/// <summary>
/// The close of one hour: an entry of the ledger. It is about the clicks that the log had up to <see cref="Through"/> and that no
/// entry before was about: those of its hour are its <see cref="Rows"/>, those of hours closed before its <see cref="Adjustments"/>;
/// those of later hours wait for the close of theirs.
/// </summary>
public sealed record LedgerEntry
{
    /// <summary>The hour closed.</summary>
    public required int Hour { get; init; }

    /// <summary>The last hour closed with it: hours between the two had no clicks.</summary>
    public required int ClosedThrough { get; init; }

    /// <summary>When, in Unix milliseconds.</summary>
    public required long ClosedAtMs { get; init; }

    /// <summary>The last revision of <c>reference</c> that clicks could be recorded with.</summary>
    public required long ReferenceThrough { get; init; }

    /// <summary>By which settings duplicates were found; those of the first entry hold for all.</summary>
    public required DedupOptions Dedup { get; init; }

    /// <summary>Per partition the last revision that the entries before covered, −1 for none.</summary>
    public required IReadOnlyList<long> After { get; init; }

    /// <summary>Per partition the last revision covered now, −1 for none.</summary>
    public required IReadOnlyList<long> Through { get; init; }

    /// <summary>Events in these ranges that hold no clicks or cannot be read, and so are billed to nobody.</summary>
    public required long RefusedEvents { get; init; }

    /// <summary>Clicks of the hour by ad, in order.</summary>
    public required IReadOnlyList<LedgerRow> Rows { get; init; }

    /// <summary>Clicks of hours closed before, by hour and ad, in order.</summary>
    public required IReadOnlyList<LedgerRow> Adjustments { get; init; }

    /// <summary>SHA-256 over the clicks behind <see cref="Rows"/>.</summary>
    public required ReadOnlyMemory<byte> ClicksHash { get; init; }

    /// <summary>SHA-256 over the clicks behind <see cref="Adjustments"/>.</summary>
    public required ReadOnlyMemory<byte> AdjustmentsHash { get; init; }

    /// <summary>The hash of the entry before; 32 zero bytes for the first.</summary>
    public required ReadOnlyMemory<byte> PreviousHash { get; init; }

    /// <summary>SHA-256 over all of the above: see <see cref="LedgerHash"/>.</summary>
    public ReadOnlyMemory<byte> Hash { get; init; }
}
