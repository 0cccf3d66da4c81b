using System.Diagnostics.Metrics;
using Adclicks.Domain.Redirects;

namespace Adclicks.Ingestion.Redirects;

/// <summary>What redirects count.</summary>
internal static class RedirectMetrics
{
    private static readonly Meter _meter = new("Adclicks.Ingestion");

    private static readonly Counter<long> _redirects =
        _meter.CreateCounter<long>("adclicks.ingestion.redirects", "{click}", "Clicks by where they were sent: as asked, or why not");

    public static void Decided(RedirectDecision decision) => _redirects.Add(1, new KeyValuePair<string, object?>("outcome", NameOf(decision)));

    private static string NameOf(RedirectDecision decision) => decision.Refusal switch
    {
        RedirectRefusal.None => decision.Location is null ? "none" : "sent",
        RedirectRefusal.BadSignature => "bad_signature",
        RedirectRefusal.ExpiredSignature => "expired_signature",
        RedirectRefusal.TargetNotAllowed => "target_not_allowed",
        _ => "target_malformed",
    };
}
