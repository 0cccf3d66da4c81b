using System.Diagnostics.CodeAnalysis;
using Adclicks.Domain.Reference;

namespace Adclicks.Domain.Redirects;

/// <summary>What the signature of a click URL turned out to be.</summary>
public enum SignatureCheck
{
    /// <summary>There is none.</summary>
    Absent,

    /// <summary>It verifies.</summary>
    Valid,

    /// <summary>It does not, or its key is not known.</summary>
    Invalid,

    /// <summary>It would, but its time is over.</summary>
    Expired,
}

/// <summary>Why a click went elsewhere than it asked to, and does not count.</summary>
public enum RedirectRefusal
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>Its signature does not verify.</summary>
    BadSignature,

    /// <summary>Its signature has expired.</summary>
    ExpiredSignature,

    /// <summary>Without a signature, it asked for a host that the ad's advertiser does not allow.</summary>
    TargetNotAllowed,

    /// <summary>It asked for what is not a URL of the web.</summary>
    TargetMalformed,
}

/// <summary>Where a click is sent.</summary>
/// <param name="Location">For the header, in printable ASCII; null for nowhere.</param>
/// <param name="Refusal">Why it is not where the click asked to go: such a click is answered and not counted.</param>
public readonly record struct RedirectDecision(string? Location, RedirectRefusal Refusal)
{
    /// <summary>Whether all that can be said is 400: the request is refused and there is nowhere safe to go.</summary>
    public bool IsRejected => Refusal != RedirectRefusal.None && Location is null;
}

/// <summary>
/// Where a click on an ad may lead: to the ad's registered target, to a host that its advertiser allows, or to a URL
/// that is signed. Whoever asks for anything else is served the registered target.
/// </summary>
public static class RedirectPolicy
{
    /// <summary>Decides on one click.</summary>
    /// <param name="placement">The ad, as of the revision the click is recorded with.</param>
    /// <param name="requested">The parameter <c>redirect_url</c>; null or empty where there is none.</param>
    /// <param name="signature">What its signature is.</param>
    /// <param name="macros">The values for the target's macros.</param>
    public static RedirectDecision Decide(in AdPlacement placement, string? requested, SignatureCheck signature, in TargetMacros macros)
    {
        var refusal = signature switch
        {
            SignatureCheck.Invalid => RedirectRefusal.BadSignature,
            SignatureCheck.Expired => RedirectRefusal.ExpiredSignature,
            _ => RedirectRefusal.None,
        };
        if (refusal == RedirectRefusal.None && !string.IsNullOrEmpty(requested) && requested != placement.Ad?.TargetUrl)
        {
            refusal = Check(placement, requested, signature, macros, out var location);
            if (refusal == RedirectRefusal.None) return new(location, refusal);
        }

        return new(Registered(placement, macros), refusal);
    }

    private static RedirectRefusal Check(
        in AdPlacement placement, string requested, SignatureCheck signature, in TargetMacros macros, out string? location)
    {
        location = null;
        if (!TryExpand(requested, macros, out var url)) return RedirectRefusal.TargetMalformed;
        if (signature != SignatureCheck.Valid && !IsAllowed(placement.Advertiser, url.Host)) return RedirectRefusal.TargetNotAllowed;
        location = url.Location;
        return RedirectRefusal.None;
    }

    private static bool IsAllowed(Advertiser? advertiser, string host)
    {
        foreach (var entry in advertiser?.AllowedRedirectHosts ?? [])
        {
            if (AllowedHost.Allows(entry, host)) return true;
        }

        return false;
    }

    /// <summary>A target may have been written to the log by others than our validators: it is checked like any.</summary>
    private static string? Registered(in AdPlacement placement, in TargetMacros macros) =>
        placement.Ad is { TargetUrl.Length: > 0 } ad && TryExpand(ad.TargetUrl, macros, out var url) ? url.Location : null;

    /// <summary>What the macros stand for may make it longer than a target is. Too long to be sent on with, it goes without what others chose.</summary>
    private static bool TryExpand(string target, in TargetMacros macros, [NotNullWhen(true)] out WebUrl? url) =>
        WebUrl.TryParse(target, out url, out _)
        && (WebUrl.TryParseExpanded(macros.Expand(target), out url) || WebUrl.TryParseExpanded(new TargetMacros(macros.ClickId, "", "", "").Expand(target), out url));
}
