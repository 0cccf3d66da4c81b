using System.Security.Claims;
using Adclicks.Domain.Access;

namespace Adclicks.Domain.Audit;

/// <summary>Who acted: a key or token by its id and name, never by its secret.</summary>
/// <param name="KeyId">Which key; empty for none.</param>
/// <param name="Name">What the key is called.</param>
/// <param name="Role">As what it acted; empty for none.</param>
public sealed record AuditActor(string KeyId, string Name, string Role)
{
    /// <summary>A caller without a key.</summary>
    public static AuditActor Nobody { get; } = new("", "", "");

    /// <summary>The process itself, by its schedule.</summary>
    public static AuditActor Schedule { get; } = new("", "schedule", "");

    /// <summary>A tool on the data directory itself, without a key.</summary>
    public static AuditActor CommandLine { get; } = new("", "command line", "");

    /// <summary>The caller of a request.</summary>
    public static AuditActor Of(ClaimsPrincipal caller) => new(
        caller.FindFirst(CallerClaims.KeyId)?.Value ?? "",
        caller.Identity?.Name ?? "",
        caller.FindFirst(ClaimTypes.Role)?.Value ?? "");
}
