using System.Net;
using Adclicks.Ingestion.Validation;

namespace Adclicks.Ingestion.Proxies;

/// <summary>One hop of <c>X-Forwarded-For</c> or of <c>Forwarded</c> (RFC 7239).</summary>
internal static class ForwardedHop
{
    /// <summary>Cuts the last element off a comma-separated list: what stands left of it may be anything a client made up.</summary>
    public static ReadOnlySpan<char> TakeLast(ref ReadOnlySpan<char> list)
    {
        var isQuoted = false;
        for (var i = list.Length - 1; i >= 0; i--)
        {
            if (list[i] == '"') isQuoted = !isQuoted;
            if (list[i] != ',' || isQuoted) continue;
            var last = list[(i + 1)..].Trim();
            list = list[..i];
            return last;
        }

        var only = list.Trim();
        list = default;
        return only;
    }

    /// <summary>The value of <c>for</c> in an element of <c>Forwarded</c>; empty where there is not exactly one.</summary>
    public static ReadOnlySpan<char> ForOf(ReadOnlySpan<char> element)
    {
        ReadOnlySpan<char> found = default;
        foreach (var range in element.Split(';'))
        {
            var pair = element[range].Trim();
            if (!pair.StartsWith("for=", StringComparison.OrdinalIgnoreCase)) continue;
            if (!found.IsEmpty) return default;
            found = pair["for=".Length..];
        }

        return found is ['"', .. var quoted, '"'] ? quoted : found;
    }

    /// <summary>An address, with or without a port: <c>192.0.2.1</c>, <c>192.0.2.1:80</c>, <c>2001:db8::1</c>, <c>[2001:db8::1]:80</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IPAddress address) => StrictAddress.TryParse(HostOf(text), out address);

    /// <summary>Without the port; empty where there is something behind the address that is none.</summary>
    private static ReadOnlySpan<char> HostOf(ReadOnlySpan<char> text)
    {
        if (text is ['[', ..])
        {
            var end = text.IndexOf(']');
            return end > 0 && IsPort(text[(end + 1)..]) && text[1..end].Contains(':') ? text[1..end] : default;
        }

        var colon = text.IndexOf(':');
        if (colon < 0 || text[(colon + 1)..].Contains(':')) return text;
        return IsPort(text[colon..]) ? text[..colon] : default;
    }

    private static bool IsPort(ReadOnlySpan<char> text) => text.IsEmpty || (text[0] == ':' && ushort.TryParse(text[1..], System.Globalization.NumberStyles.None, null, out _));
}
