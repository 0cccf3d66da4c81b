using System.Net;

namespace Adclicks.Domain.Redirects;

/// <summary>An entry of an advertiser's list of hosts that clicks may be sent to.</summary>
public static class AllowedHost
{
    /// <summary>
    /// Whether an entry is one: a name of two labels or more (<c>com</c> would allow half the web), <c>localhost</c>, or
    /// an address. In lower case, without scheme, port or path.
    /// </summary>
    public static bool IsValid(string entry) =>
        IsAddress(entry)
        || (!entry.AsSpan().ContainsAnyInRange('A', 'Z') && WebUrl.IsHostName(entry) && (entry.Contains('.') || entry == "localhost")
            && !IsNumber(entry[(entry.LastIndexOf('.') + 1)..]));

    /// <summary>Whether an entry allows a host: the same, or, for names, a subdomain.</summary>
    /// <param name="entry">A valid entry.</param>
    /// <param name="host">A <see cref="WebUrl.Host"/>.</param>
    public static bool Allows(string entry, string host)
    {
        if (entry.Length == 0) return false;
        if (host.Equals(entry, StringComparison.Ordinal)) return true;
        return !IsAddress(entry) && host.Length > entry.Length && host.EndsWith(entry, StringComparison.Ordinal)
            && host[host.Length - entry.Length - 1] == '.';
    }

    private static bool IsAddress(string entry) => entry.StartsWith('[') && entry.EndsWith(']')
        ? IPAddress.TryParse(entry[1..^1], out var six) && entry == $"[{six}]"
        : IPAddress.TryParse(entry, out var four) && entry == four.ToString() && entry.Contains('.');

    // A name whose last label is a number is read as an address by browsers.
    private static bool IsNumber(string label) => label.All(char.IsAsciiDigit) || label.StartsWith("0x", StringComparison.Ordinal);
}
