namespace Adclicks.Domain.Access;

/// <summary>A managed API key as the log has it: the payload of <c>key-created</c>. The key itself is nowhere.</summary>
/// <param name="Id">16 hexadecimal digits; a part of the key, and no secret.</param>
/// <param name="Name">What people call it, 1 to <see cref="MaxName"/> characters.</param>
/// <param name="Role">One of <see cref="Roles.All"/>.</param>
/// <param name="Hash">SHA-256 of the key, in lower-case hexadecimal. It is random enough to need no more than that.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="AdvertiserId">Whose reports it sees; for the role advertiser alone, else null.</param>
/// <param name="PublisherId">Whose reports it sees; for the role publisher alone, else null.</param>
/// <param name="ExpiresAt">From when on it is no longer good; null for never.</param>
public sealed record ApiKey(
    string Id, string Name, string Role, string Hash, DateTimeOffset CreatedAt, string? AdvertiserId = null, string? PublisherId = null, DateTimeOffset? ExpiresAt = null)
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxName = 100;
}

/// <summary>The payload of <c>key-revoked</c>.</summary>
/// <param name="Id">Which key.</param>
/// <param name="RevokedAt">From when on it is no longer good.</param>
public sealed record RevokedKey(string Id, DateTimeOffset RevokedAt);
