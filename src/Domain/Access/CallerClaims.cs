namespace Adclicks.Domain.Access;

/// <summary>Types of the claims that a caller's principal has besides name and role.</summary>
public static class CallerClaims
{
    /// <summary>Which key, or whose token: never the secret. Audit entries and limits go by it.</summary>
    public const string KeyId = "key_id";

    /// <summary>The own id of an advertiser.</summary>
    public const string AdvertiserId = "advertiser_id";

    /// <summary>The own id of a publisher.</summary>
    public const string PublisherId = "publisher_id";
}
