using System.Security.Claims;
using Adclicks.Domain.Access;
using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Queries;

namespace Adclicks.ReadApi.Rest;

/// <summary>What a caller may see, by the role of the key or token.</summary>
internal static class CallerScope
{
    /// <summary>The scope; null for callers who may see no reports.</summary>
    public static ReportScope? Of(ClaimsPrincipal caller)
    {
        if (caller.IsInRole(Roles.Admin) || caller.IsInRole(Roles.Analyst)) return ReportScope.Everything;
        if (caller.IsInRole(Roles.Advertiser) && caller.FindFirst(CallerClaims.AdvertiserId)?.Value is { Length: > 0 } advertiser)
            return ReportScope.Own(Dimension.Advertiser, advertiser);
        if (caller.IsInRole(Roles.Publisher) && caller.FindFirst(CallerClaims.PublisherId)?.Value is { Length: > 0 } publisher)
            return ReportScope.Own(Dimension.Publisher, publisher);
        return null;
    }

    /// <summary>Tells keys apart, where bounds are for each: the id of the key or the subject of the token.</summary>
    public static string KeyOf(ClaimsPrincipal caller) =>
        caller.FindFirst(CallerClaims.KeyId)?.Value ?? $"{caller.Identity?.Name} {Of(caller)?.CacheKey}";
}
