using System.Security.Claims;
using Adclicks.Domain.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

namespace Adclicks.Access.Tokens;

/// <summary>Registers JSON Web Tokens of one issuer as a way in beside keys.</summary>
internal static class TokenRegistration
{
    /// <summary>The scheme that takes a caller for the holder of a token or of a key, by what was sent.</summary>
    public const string EitherScheme = "TokenOrKey";

    private const string KeyIdPrefix = "jwt:";
    private const int MaxSubject = 128;

    /// <summary>Adds it.</summary>
    public static AuthenticationBuilder AddTokens(this AuthenticationBuilder authentication, TokenOptions tokens) => authentication
        .AddPolicyScheme(EitherScheme, null, either => either.ForwardDefaultSelector = SchemeOf)
        .AddJwtBearer(jwt =>
        {
            jwt.MapInboundClaims = false;
            jwt.SaveToken = false;
            if (tokens.Jwks is { } address) jwt.ConfigurationManager = JwksSource.At(address);
            jwt.TokenValidationParameters = new TokenValidationParameters
            {
                ValidIssuer = tokens.Issuer,
                ValidAudience = tokens.Audience,
                ValidAlgorithms = tokens.AcceptedAlgorithms,
                IssuerSigningKey = tokens.SymmetricKey is null ? null : new SymmetricSecurityKey(tokens.KeyBytes()),
                ClockSkew = TimeSpan.FromSeconds(tokens.ClockSkewSeconds),
                RequireExpirationTime = true,
                RequireSignedTokens = true,
                ValidateIssuerSigningKey = true,
            };
            jwt.Events = new JwtBearerEvents
            {
                OnMessageReceived = CheckKeysAsync,
                OnTokenValidated = context =>
                {
                    if (CallerOf(context.Principal!, tokens) is { } caller) context.Principal = caller;
                    else context.Fail("token: no role");
                    return Task.CompletedTask;
                },
                OnAuthenticationFailed = context =>
                {
                    // In a word, and without anything out of the token.
                    context.Fail("token: " + Word(context.Exception));
                    return Task.CompletedTask;
                },
            };
        });

    // Keys have no dots, tokens have two.
    private static string SchemeOf(HttpContext context) =>
        context.Request.Headers[ApiKeyHandler.Header].Count == 0 && ApiKeyHandler.BearerOf(context.Request).Contains('.', StringComparison.Ordinal)
            ? JwtBearerDefaults.AuthenticationScheme
            : ApiKeyHandler.SchemeName;

    /// <summary>The caller in our terms; null for a token without any of our roles.</summary>
    private static ClaimsPrincipal? CallerOf(ClaimsPrincipal token, TokenOptions tokens)
    {
        var roles = token.FindAll(tokens.RoleClaim).Select(c => c.Value).Where(Roles.All.Contains).ToList();
        if (roles.Count == 0) return null;
        var subject = token.FindFirst(tokens.SubjectClaim)?.Value ?? "";
        if (subject.Length > MaxSubject) subject = subject[..MaxSubject];
        List<Claim> claims = [new(ClaimTypes.Name, subject), new(CallerClaims.KeyId, KeyIdPrefix + subject), .. roles.Select(r => new Claim(ClaimTypes.Role, r))];
        if (token.FindFirst(tokens.AdvertiserClaim)?.Value is { Length: > 0 } advertiser) claims.Add(new(CallerClaims.AdvertiserId, advertiser));
        if (token.FindFirst(tokens.PublisherClaim)?.Value is { Length: > 0 } publisher) claims.Add(new(CallerClaims.PublisherId, publisher));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, JwtBearerDefaults.AuthenticationScheme));
    }

    /// <summary>Where the issuer's keys were never read, no token can be told good from bad. Once read they are remembered.</summary>
    private static async Task CheckKeysAsync(MessageReceivedContext context)
    {
        if (context.Options.ConfigurationManager is not { } keys) return;
        try
        {
            await keys.GetConfigurationAsync(context.HttpContext.RequestAborted);
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or HttpRequestException)
        {
            context.Fail(new SignInUnavailableException("The keys that tokens are signed with cannot be read."));
        }
    }

    private static string Word(Exception failure) =>
        failure.GetType().Name.Replace("SecurityToken", "", StringComparison.Ordinal).Replace("Exception", "", StringComparison.Ordinal);
}
