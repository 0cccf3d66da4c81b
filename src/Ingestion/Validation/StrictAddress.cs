using System.Buffers;
using System.Globalization;
using System.Net;

namespace Adclicks.Ingestion.Validation;

/// <summary>
/// An address as others read it too: IPv4 as four decimal numbers, IPv6 with neither zone, brackets nor port. The short, octal and
/// hexadecimal forms of IPv4 are none: <c>010.1.1.1</c> is 8.1.1.1 to one reader and 10.1.1.1 to the next.
/// </summary>
internal static class StrictAddress
{
    private const int Quads = 4, QuadDigits = 3;
    private static readonly SearchValues<char> _v6 = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>Whether it is one. Does not allocate.</summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0) return IsV4(text);
        var end = text[(colon + 1)..];
        return !text.ContainsAnyExcept(_v6) && (!end.Contains('.') || IsV4(end)) && IPAddress.IsValid(text);
    }

    /// <summary>An IPv4 address that is written as an IPv6 address comes back as IPv4.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IPAddress address)
    {
        address = IPAddress.None;
        if (!IsValid(text) || !IPAddress.TryParse(text, out var parsed)) return false;
        address = parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed;
        return true;
    }

    private static bool IsV4(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var range in text.Split('.'))
        {
            var quad = text[range];
            if (++count > Quads || quad.Length is 0 or > QuadDigits || (quad[0] == '0' && quad.Length > 1)) return false;
            if (!byte.TryParse(quad, NumberStyles.None, CultureInfo.InvariantCulture, out _)) return false;
        }

        return count == Quads;
    }
}
