using System.Net;
using System.Security.Claims;
using Adclicks.Domain.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Adclicks.Ingestion.Limits;

/// <summary>How much one address, or the holder of one key, may send. Callers on this machine are exempt unless the settings say otherwise.</summary>
internal sealed class RateLimits(IOptions<RateLimitOptions> options)
{
    private readonly bool _limitLoopback = options.Value.LimitLoopback;
    private readonly TokenBuckets<NetworkKey> _addresses = new(options.Value.AddressPerSecond, options.Value.AddressBurst, options.Value.RememberedAddresses);
    private readonly TokenBuckets<string> _keys = new(options.Value.KeyPerSecond, options.Value.KeyBurst, options.Value.RememberedKeys);

    /// <summary>Whether a click without a key is within what its address may send; it counts as sent either way.</summary>
    public bool Allow(IPAddress? address) => IsExempt(address) || _addresses.TryTake(NetworkKey.Of(address!), out _);

    /// <summary>The same for a request: by its key, or by its address where it has none.</summary>
    /// <param name="context">The request, signed in.</param>
    /// <param name="retryAfter">When to send it again, where it is not.</param>
    public bool Allow(HttpContext context, out TimeSpan retryAfter)
    {
        retryAfter = default;
        var address = context.Connection.RemoteIpAddress;
        if (IsExempt(address)) return true;
        return KeyOf(context.User) is { } key ? _keys.TryTake(key, out retryAfter) : _addresses.TryTake(NetworkKey.Of(address!), out retryAfter);
    }

    /// <summary>No address is a socket of this machine.</summary>
    private bool IsExempt(IPAddress? address) => address is null || (!_limitLoopback && IPAddress.IsLoopback(address));

    private static string? KeyOf(ClaimsPrincipal user) => user.FindFirst(CallerClaims.KeyId)?.Value ?? user.Identity?.Name;
}
