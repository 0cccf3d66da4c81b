using System.Text;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Dedup;

namespace Adclicks.Projections.Archive;

/// <summary>A row of a file of clicks: where the click is, what it was counted as, and its message as in the log.</summary>
internal readonly record struct ArchivedClick(
    int Partition, long Revision, int Index, bool IsAdjustment, long ClickedAtMs, string AdvertiserId, string CampaignId, string AdId, string Verdict, ReadOnlyMemory<byte> Message, long ReferenceRevision)
{
    /// <summary>The hour of its time.</summary>
    public int Hour => BillingHour.Of(ClickedAtMs);

    /// <summary>Of a click on its way through a replay.</summary>
    public static ArchivedClick Of(in JudgedClick click, bool isAdjustment, TextPool texts, MessagePool messages) => new(
        click.Partition, click.Revision, click.Index, isAdjustment, click.Click.ClickedAtMs, texts.Of(click.AdvertiserId), texts.Of(click.CampaignId),
        texts.Of(click.Click.AdId), click.Verdict.Name, messages.Copy(click.Click.Encoded), click.ReferenceRevision);

    /// <summary>Gives the click to a check. What the columns say of the message must be what it says.</summary>
    /// <param name="check">The check.</param>
    /// <param name="names">What the texts are, known by the string itself: a file's equal texts are one.</param>
    /// <exception cref="FormatException">It is not, or the message is none.</exception>
    public void AddTo(EntryCheck check, ArchivedNames names)
    {
        var view = ClickView.Parse(Message.Span);
        if (view.ClickedAtMs != ClickedAtMs || !view.AdId.SequenceEqual(names.Utf8(AdId))) throw new FormatException($"Row {Partition}@{Revision}[{Index}]: the columns contradict the message.");
        check.Add(
            new JudgedClick { Partition = Partition, Revision = Revision, Index = Index, Click = view, AdvertiserId = names.Utf8(AdvertiserId), CampaignId = names.Utf8(CampaignId), Verdict = names.Verdict(Verdict) },
            IsAdjustment);
    }
}

/// <summary>Texts of rows as what they stand for, made once each. For one file, whose equal texts are the same string.</summary>
internal sealed class ArchivedNames
{
    private readonly Dictionary<string, byte[]> _utf8 = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, Verdict> _verdicts = new(ReferenceEqualityComparer.Instance);

    /// <summary>Its UTF-8.</summary>
    public byte[] Utf8(string text) => _utf8.TryGetValue(text, out var utf8) ? utf8 : _utf8[text] = Encoding.UTF8.GetBytes(text);

    /// <summary>The verdict of that name.</summary>
    public Verdict Verdict(string name) => _verdicts.TryGetValue(name, out var verdict) ? verdict : _verdicts[name] = Domain.Dedup.Verdict.Parse(name);
}
