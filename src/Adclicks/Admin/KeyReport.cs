using System.Text.Json.Serialization;
using Adclicks.Access.Keys;

namespace Adclicks.Admin;

/// <summary>A managed key in the answers of <c>/admin/keys</c>, which <c>adclicks keys</c> shows.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Role">What its holder may.</param>
/// <param name="AdvertiserId">Whose reports it sees.</param>
/// <param name="PublisherId">Whose reports it sees.</param>
/// <param name="State"><c>good</c>, <c>expired</c> or <c>revoked</c>.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">Until when it is good.</param>
/// <param name="RevokedAt">When it was revoked.</param>
/// <param name="Key">The key; only in the answer to making it.</param>
internal sealed record KeyReport(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("advertiser_id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AdvertiserId,
    [property: JsonPropertyName("publisher_id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? PublisherId,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("expires_at")] DateTimeOffset? ExpiresAt,
    [property: JsonPropertyName("revoked_at")] DateTimeOffset? RevokedAt,
    [property: JsonPropertyName("key"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Key = null)
{
    /// <summary>Of a key, as it is now.</summary>
    public static KeyReport Of(KnownKey known, DateTimeOffset now)
    {
        var key = known.Key;
        var state = known.RevokedAt is not null ? "revoked" : known.IsExpired(now) ? "expired" : "good";
        return new(key.Id, key.Name, key.Role, key.AdvertiserId, key.PublisherId, state, key.CreatedAt, key.ExpiresAt, known.RevokedAt);
    }
}
