using System.Text.Json.Serialization;
using Adclicks.Domain.Access;

namespace Adclicks.Access.Keys;

/// <summary>What key is wanted: the body of <c>POST /admin/keys</c>.</summary>
internal sealed record NewKey(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("advertiser_id")] string? AdvertiserId = null,
    [property: JsonPropertyName("publisher_id")] string? PublisherId = null,
    [property: JsonPropertyName("expires_at")] DateTimeOffset? ExpiresAt = null)
{
    private const int MaxId = 256;

    /// <summary>What is wrong with it, by field.</summary>
    public Dictionary<string, string[]> Problems(DateTimeOffset now)
    {
        var problems = new Dictionary<string, string[]>(StringComparer.Ordinal);
        void Check(string field, string? problem)
        {
            if (problem is not null) problems[field] = [problem];
        }

        Check("name", IsText(Name, ApiKey.MaxName) ? null : $"must be 1 to {ApiKey.MaxName} characters without control characters");
        Check("role", Roles.All.Contains(Role) ? null : "must be one of " + string.Join(", ", Roles.All));
        Check("advertiser_id", OwnIdProblem(AdvertiserId, Roles.Advertiser));
        Check("publisher_id", OwnIdProblem(PublisherId, Roles.Publisher));
        Check("expires_at", ExpiresAt <= now ? "must be in the future" : null);
        return problems;
    }

    private string? OwnIdProblem(string? id, string role)
    {
        if (Role != role) return id is null ? null : $"belongs to the role {role} alone";
        return IsText(id, MaxId) ? null : $"must be given for the role {role}: 1 to {MaxId} characters without control characters";
    }

    private static bool IsText(string? text, int longest) => !string.IsNullOrWhiteSpace(text) && text.Length <= longest && !text.Any(char.IsControl);
}
