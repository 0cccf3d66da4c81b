namespace Adclicks.Domain.Access;

/// <summary>The roles of callers, which are also the names of the authorization policies. Admin satisfies all of them.</summary>
public static class Roles
{
    /// <summary>May do everything.</summary>
    public const string Admin = "admin";

    /// <summary>May send clicks.</summary>
    public const string Ingest = "ingest";

    /// <summary>May read all reports and reference data.</summary>
    public const string Analyst = "analyst";

    /// <summary>May read the reports of one advertiser.</summary>
    public const string Advertiser = "advertiser";

    /// <summary>May read the reports of one publisher.</summary>
    public const string Publisher = "publisher";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Admin, Analyst, Advertiser, Publisher, Ingest];
}
