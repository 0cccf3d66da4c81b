using System.Text;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Dedup;

namespace Adclicks.Projections.Archive;

/// <summary>A row of an archive file: where the click is, what it was counted as, and its message as in the log.</summary>
internal sealed record ArchivedClick(
    int Partition, long Revision, int Index, bool IsAdjustment, long ClickedAtMs, string AdvertiserId, string CampaignId, string AdId, string Verdict, byte[] Message)
{
    /// <summary>Of a click on its way through a replay.</summary>
    public static ArchivedClick Of(in JudgedClick click, bool isAdjustment) => new(
        click.Partition, click.Revision, click.Index, isAdjustment, click.Click.ClickedAtMs, Encoding.UTF8.GetString(click.AdvertiserId), Encoding.UTF8.GetString(click.CampaignId),
        Encoding.UTF8.GetString(click.Click.AdId), click.Verdict.Name, click.Click.Encoded.ToArray());

    /// <summary>Gives the click to a check. What the columns say of the message must be what it says.</summary>
    /// <exception cref="FormatException">It is not, or the message is none.</exception>
    public void AddTo(EntryCheck check)
    {
        var view = ClickView.Parse(Message);
        if (view.ClickedAtMs != ClickedAtMs || Encoding.UTF8.GetString(view.AdId) != AdId) throw new FormatException($"Row {Partition}@{Revision}[{Index}]: the columns contradict the message.");
        check.Add(
            new JudgedClick
            {
                Partition = Partition, Revision = Revision, Index = Index, Click = view, AdvertiserId = Encoding.UTF8.GetBytes(AdvertiserId), CampaignId = Encoding.UTF8.GetBytes(CampaignId),
                Verdict = new Verdict(Verdict, !Verdict.StartsWith("duplicate:", StringComparison.Ordinal), Verdict.StartsWith("marked:", StringComparison.Ordinal) ? Verdict["marked:".Length..] : null),
            },
            IsAdjustment);
    }
}
