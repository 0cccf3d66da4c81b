using System.Security.Claims;
using System.Text.Encodings.Web;
using Adclicks.Domain.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Adclicks.Access;

/// <summary>Reads the key from <c>X-Api-Key</c> or <c>Authorization: Bearer</c>; its role becomes the caller's.</summary>
internal sealed class ApiKeyHandler(ApiKeys keys, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>The name of the scheme.</summary>
    public const string SchemeName = "ApiKey";

    private const string Bearer = "Bearer ";
    private static readonly AuthenticateResult Unknown = AuthenticateResult.Fail("unknown key");

    // One identity per role serves all requests; nothing changes it.
    private static readonly Dictionary<string, AuthenticateResult> Results =
        new[] { Roles.Admin, Roles.Ingest, Roles.Analyst, Roles.Advertiser, Roles.Publisher }.ToDictionary(role => role, Accept, StringComparer.Ordinal);

    /// <inheritdoc/>
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    private AuthenticateResult Authenticate()
    {
        var key = Request.Headers["X-Api-Key"].ToString();
        if (key.Length == 0)
        {
            var authorization = Request.Headers.Authorization.ToString();
            if (!authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) return AuthenticateResult.NoResult();
            key = authorization[Bearer.Length..].Trim();
        }

        return keys.RoleOf(key) is { } role && Results.TryGetValue(role, out var result) ? result : Unknown;
    }

    private static AuthenticateResult Accept(string role)
    {
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, $"{role} key"), new Claim(ClaimTypes.Role, role), new Claim(CallerClaims.KeyId, role)], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }
}
