using System.ComponentModel.DataAnnotations;

namespace Adclicks.Ingestion.Limits;

/// <summary>Settings of the rate limits, from the section <c>Ingestion:RateLimits</c>. A rate of 0 is no limit.</summary>
public sealed class RateLimitOptions
{
    /// <summary>Clicks a second that an address (IPv6: a /64) may send without a key, in the long run (default 50).</summary>
    [Range(0, 1_000_000)]
    public int AddressPerSecond { get; set; } = 50;

    /// <summary>Clicks that an address may send at once (default 500).</summary>
    [Range(1, 10_000_000)]
    public int AddressBurst { get; set; } = 500;

    /// <summary>Requests a second that may be sent with a key, in the long run (default 2,000).</summary>
    [Range(0, 1_000_000)]
    public int KeyPerSecond { get; set; } = 2_000;

    /// <summary>Requests that may be sent with a key at once (default 4,000).</summary>
    [Range(1, 10_000_000)]
    public int KeyBurst { get; set; } = 4_000;

    /// <summary>Addresses whose clicks are counted (default 65,536; about 250 bytes each). One that is forgotten starts anew.</summary>
    [Range(16, 10_000_000)]
    public int RememberedAddresses { get; set; } = 65_536;

    /// <summary>Keys whose requests are counted (default 4,096).</summary>
    [Range(16, 1_000_000)]
    public int RememberedKeys { get; set; } = 4_096;

    /// <summary>Whether callers on this machine are limited too (default no).</summary>
    public bool LimitLoopback { get; set; }
}
