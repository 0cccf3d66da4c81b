using Adclicks.Ingestion.Validation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Adclicks.Ingestion.Endpoints;

/// <summary>The parameters of a click URL.</summary>
internal sealed class ClickQuery
{
    private const string ParamPrefix = "p.";

    public RawClick Click { get; } = new();

    public string RedirectUrl { get; private set; } = "";

    public string Signature { get; private set; } = "";

    public string ExpiresAt { get; private set; } = "";

    public string KeyId { get; private set; } = "";

    public string Nonce { get; private set; } = "";

    /// <summary>Whether the caller wants no image: 204.</summary>
    public bool WantsNothing { get; private set; }

    /// <summary>Reads them; of one given twice the last counts, an unknown one is ignored.</summary>
    public static ClickQuery Read(QueryString text)
    {
        var query = new ClickQuery();
        foreach (var pair in new QueryStringEnumerable(text.Value)) query.Take(pair);
        return query;
    }

    private void Take(QueryStringEnumerable.EncodedNameValuePair pair)
    {
        var name = pair.EncodedName.Span;
        if (name.ContainsAny('%', '+')) name = pair.DecodeName().Span;
        switch (name)
        {
            case "ad_id": Click.AdId = Text(pair); break;
            case "campaign_id": Click.CampaignId = Text(pair); break;
            case "advertiser_id": Click.AdvertiserId = Text(pair); break;
            case "publisher_id": Click.PublisherId = Text(pair); break;
            case "user_id": Click.UserId = Text(pair); break;
            case "impression_id": Click.ImpressionId = Text(pair); break;
            case "referrer_url": Click.ReferrerUrl = Text(pair); break;
            case "redirect_url": Click.ClickUrl = RedirectUrl = Text(pair); break;
            case "sig": Signature = Text(pair); break;
            case "exp": ExpiresAt = Text(pair); break;
            case "kid": KeyId = Text(pair); break;
            case "nonce": Nonce = Text(pair); break;
            case "format": WantsNothing = pair.EncodedValue.Span is "none"; break;
            default:
                if (name.StartsWith(ParamPrefix, StringComparison.Ordinal)) Click.AddParam(name[ParamPrefix.Length..].ToString(), Text(pair));
                break;
        }
    }

    private static string Text(QueryStringEnumerable.EncodedNameValuePair pair) => pair.DecodeValue().ToString();
}
