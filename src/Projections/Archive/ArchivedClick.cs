using System.Text;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Dedup;

namespace Adclicks.Projections.Archive;

/// <summary>A row of a file of clicks: where the click is, what it was counted as, and its message as in the log.</summary>
internal sealed record ArchivedClick(
    int Partition, long Revision, int Index, bool IsAdjustment, long ClickedAtMs, string AdvertiserId, string CampaignId, string AdId, string Verdict, byte[] Message, long ReferenceRevision)
{
    /// <summary>The hour of its time.</summary>
    public int Hour => BillingHour.Of(ClickedAtMs);

    /// <summary>Of a click on its way through a replay.</summary>
    public static ArchivedClick Of(in JudgedClick click, bool isAdjustment, TextPool texts) => new(
        click.Partition, click.Revision, click.Index, isAdjustment, click.Click.ClickedAtMs, texts.Of(click.AdvertiserId), texts.Of(click.CampaignId),
        texts.Of(click.Click.AdId), click.Verdict.Name, click.Click.Encoded.ToArray(), click.ReferenceRevision);

    /// <summary>Gives the click to a check. What the columns say of the message must be what it says.</summary>
    /// <param name="check">The check.</param>
    /// <param name="texts">UTF-8 of the texts.</param>
    /// <param name="verdicts">The verdicts by name.</param>
    /// <exception cref="FormatException">It is not, or the message is none.</exception>
    public void AddTo(EntryCheck check, Dictionary<string, byte[]> texts, Dictionary<string, Verdict> verdicts)
    {
        var view = ClickView.Parse(Message);
        if (view.ClickedAtMs != ClickedAtMs || !view.AdId.SequenceEqual(Utf8(AdId))) throw new FormatException($"Row {Partition}@{Revision}[{Index}]: the columns contradict the message.");
        if (!verdicts.TryGetValue(Verdict, out var verdict)) verdicts[Verdict] = verdict = Domain.Dedup.Verdict.Parse(Verdict);
        check.Add(
            new JudgedClick { Partition = Partition, Revision = Revision, Index = Index, Click = view, AdvertiserId = Utf8(AdvertiserId), CampaignId = Utf8(CampaignId), Verdict = verdict },
            IsAdjustment);

        byte[] Utf8(string text)
        {
            if (!texts.TryGetValue(text, out var utf8)) texts[text] = utf8 = Encoding.UTF8.GetBytes(text);
            return utf8;
        }
    }
}
