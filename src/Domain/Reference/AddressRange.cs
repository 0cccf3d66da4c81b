using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Adclicks.Domain.Reference;

/// <summary>
/// A range of addresses that a rule can tell a click by: from what a click keeps in the clear (/24 or /48), or, where it
/// is narrower, from the keyed hashes of its addresses.
/// </summary>
public static class AddressRange
{
    private const int ClearBits4 = 24;
    private const int ClearBits6 = 48;

    /// <summary>Reads a range.</summary>
    /// <param name="text">CIDR, or a single address.</param>
    /// <param name="range">The range; IPv4 written as IPv6 is refused.</param>
    /// <param name="problem">What is wrong with it, as the end of a sentence that starts with its name.</param>
    public static bool TryParse(string? text, out IPNetwork range, [NotNullWhen(false)] out string? problem)
    {
        range = default;
        problem = Problem(text, ref range);
        return problem is null;
    }

    /// <summary>Whether a click's truncated address is enough to tell.</summary>
    public static bool IsToldByPrefix(IPNetwork range) =>
        range.PrefixLength <= (range.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? ClearBits4 : ClearBits6);

    /// <summary>The addresses of a range that is told by hashes, in order; at most <see cref="ReferenceLimits.HashedAddresses"/>.</summary>
    public static IEnumerable<IPAddress> Addresses(IPNetwork range)
    {
        var bytes = range.BaseAddress.GetAddressBytes();
        for (var i = 0; i < 1 << HostBits(range); i++)
        {
            var address = (byte[])bytes.Clone();
            address[^1] |= (byte)i;
            yield return new IPAddress(address);
        }
    }

    private static string? Problem(string? text, ref IPNetwork range)
    {
        const string Form = "must be a CIDR range, as 203.0.113.0/24 or 2001:db8::/32, with no bits set after the prefix";
        if (string.IsNullOrEmpty(text) || text.Length > 64) return Form;
        if (!text.Contains('/', StringComparison.Ordinal) && IPAddress.TryParse(text, out var single))
            range = new IPNetwork(single, single.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        else if (!IPNetwork.TryParse(text, out range) || !range.BaseAddress.Equals(IPAddress.Parse(text.AsSpan(0, text.IndexOf('/')))))
            return Form;
        if (range.BaseAddress.IsIPv4MappedToIPv6) return "must be written as IPv4";
        return IsToldByPrefix(range) || 1L << Math.Min(HostBits(range), 62) <= ReferenceLimits.HashedAddresses
            ? null
            : "must be /48 or wider, or /121 or narrower: a click keeps no more of its address";
    }

    private static int HostBits(IPNetwork range) =>
        (range.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 32 : 128) - range.PrefixLength;
}
