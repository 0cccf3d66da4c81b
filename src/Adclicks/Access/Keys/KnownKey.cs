using System.Security.Claims;
using Adclicks.Domain.Access;
using Microsoft.AspNetCore.Authentication;

namespace Adclicks.Access.Keys;

/// <summary>A key in memory, ready to let its holder in. One identity serves all requests; nothing changes it.</summary>
#pragma warning disable CA1001 // Is there as long as the process; a source without a timer holds nothing.
internal sealed class KnownKey
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource? _ended;

    public KnownKey(ApiKey key, bool isManaged)
    {
        Key = key;
        _ended = isManaged ? new() : null;
        Hash = Convert.FromHexString(key.Hash);
        Result = Accept(key);
    }

    /// <summary>The key, as it was made.</summary>
    public ApiKey Key { get; }

    /// <summary>SHA-256 of its text.</summary>
    public byte[] Hash { get; }

    /// <summary>What its holder gets.</summary>
    public AuthenticateResult Result { get; }

    /// <summary>When it was revoked; null while it is not.</summary>
    public DateTimeOffset? RevokedAt { get; private set; }

    /// <summary>Cancelled when it is revoked: ends what is still being answered. Never, for one that is not managed.</summary>
    public CancellationToken Ended => _ended?.Token ?? CancellationToken.None;

    /// <summary>It is no longer good.</summary>
    public void Revoke(DateTimeOffset at)
    {
        RevokedAt ??= at;
        _ended?.Cancel();
    }

    /// <summary>Whether its time is over.</summary>
    public bool IsExpired(DateTimeOffset now) => Key.ExpiresAt is { } end && now >= end;

    private static AuthenticateResult Accept(ApiKey key)
    {
        var claims = new List<Claim> { new(ClaimTypes.Name, key.Name), new(ClaimTypes.Role, key.Role), new(CallerClaims.KeyId, key.Id) };
        if (key.AdvertiserId is { } advertiser) claims.Add(new Claim(CallerClaims.AdvertiserId, advertiser));
        if (key.PublisherId is { } publisher) claims.Add(new Claim(CallerClaims.PublisherId, publisher));
        var principal = new ClaimsPrincipal(new ClaimsIdentity(claims, ApiKeyHandler.SchemeName));
        return AuthenticateResult.Success(new AuthenticationTicket(principal, ApiKeyHandler.SchemeName));
    }
}
