using System.Diagnostics.Metrics;
using Adclicks.Domain.Redirects;

namespace Adclicks.Ingestion.Redirects;

/// <summary>What redirects count.</summary>
internal static class RedirectMetrics
{
    private static readonly Meter _meter = new("Adclicks.Ingestion");

    private static readonly Counter<long> _redirects =
        _meter.CreateCounter<long>("adclicks.ingestion.redirects", "{click}", "Clicks by where they were sent: as asked, or why not");

    private static readonly KeyValuePair<string, object?>[] _outcomes =
        [.. Enum.GetValues<RedirectRefusal>().Select(r => new KeyValuePair<string, object?>("outcome", NameOf(r)))];

    /// <summary>Counts it, unless it is a pixel that asked to lead nowhere.</summary>
    public static void Decided(in RedirectDecision decision)
    {
        if (decision is not { Refusal: RedirectRefusal.None, Location: null }) _redirects.Add(1, _outcomes[(int)decision.Refusal]);
    }

    private static string NameOf(RedirectRefusal refusal) => refusal switch
    {
        RedirectRefusal.None => "sent",
        RedirectRefusal.BadSignature => "bad_signature",
        RedirectRefusal.ExpiredSignature => "expired_signature",
        RedirectRefusal.TargetNotAllowed => "target_not_allowed",
        _ => "target_malformed",
    };
}
