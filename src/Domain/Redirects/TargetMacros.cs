using System.Text;

namespace Adclicks.Domain.Redirects;

/// <summary>What the macros of a target stand for in one click.</summary>
/// <param name="ClickId">For <c>{click_id}</c>.</param>
/// <param name="AdId">For <c>{ad_id}</c>.</param>
/// <param name="CampaignId">For <c>{campaign_id}</c>.</param>
/// <param name="PublisherId">For <c>{publisher_id}</c>.</param>
public readonly record struct TargetMacros(string ClickId, string AdId, string CampaignId, string PublisherId)
{
    /// <summary>
    /// The target with its macros replaced by their values, percent-encoded, after the host; values are not searched for
    /// macros again, and braces that are none stay.
    /// </summary>
    public string Expand(string target)
    {
        var authorityEnd = WebUrl.AuthorityEnd(target);
        var open = target.IndexOf('{', authorityEnd);
        if (open < 0) return target;
        var result = new StringBuilder(target, 0, open, target.Length + 64);
        for (var at = open; at < target.Length;)
        {
            var close = target[at] == '{' ? target.IndexOf('}', at) : -1;
            if (close > 0 && ValueOf(target.AsSpan(at + 1, close - at - 1)) is { } value)
            {
                result.Append(Uri.EscapeDataString(value));
                at = close + 1;
            }
            else
            {
                result.Append(target[at++]);
            }
        }

        return result.ToString();
    }

    private string? ValueOf(ReadOnlySpan<char> macro) => macro switch
    {
        "click_id" => ClickId,
        "ad_id" => AdId,
        "campaign_id" => CampaignId,
        "publisher_id" => PublisherId,
        _ => null,
    };
}
