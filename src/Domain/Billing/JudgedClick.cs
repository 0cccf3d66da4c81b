using Adclicks.Domain.Clicks;
using Adclicks.Domain.Dedup;

namespace Adclicks.Domain.Billing;

/// <summary>A click with all that a bill needs to know of it. Valid as long as the bytes of its event are.</summary>
public ref struct JudgedClick
{
    /// <summary>The partition it is in.</summary>
    public int Partition;

    /// <summary>The revision of its event there.</summary>
    public long Revision;

    /// <summary>Its place in the event, from 0.</summary>
    public int Index;

    /// <summary>What it said.</summary>
    public ClickView Click;

    /// <summary>UTF-8; the campaign and advertiser it is counted under.</summary>
    public ReadOnlySpan<byte> CampaignId, AdvertiserId;

    /// <summary>What became of it.</summary>
    public Verdict Verdict;

    /// <summary>The revision of the reference data it was recorded with; −1 for none.</summary>
    public long ReferenceRevision;

    /// <summary>The hour of its time.</summary>
    public readonly int Hour => BillingHour.Of(Click.ClickedAtMs);

    /// <summary>
    /// Its canonical form: revision, index and click time as numbers; advertiser, campaign, ad and the name of the verdict as texts;
    /// and the click's message as it is in the log.
    /// </summary>
    internal readonly void WriteTo(CanonicalWriter writer)
    {
        writer.Number(Revision);
        writer.Number(Index);
        writer.Number(Click.ClickedAtMs);
        writer.Text(AdvertiserId);
        writer.Text(CampaignId);
        writer.Text(Click.AdId);
        writer.Text(Verdict.Name);
        writer.Text(Click.Encoded);
    }
}

/// <summary>Takes judged clicks, in the order of their partition.</summary>
public interface IJudgedClicks
{
    /// <summary>The next one.</summary>
    void Add(in JudgedClick click);
}
