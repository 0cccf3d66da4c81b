using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Adclicks.Domain.Reference;

namespace Adclicks.Domain.Redirects;

/// <summary>
/// An http or https URL that every browser understands as this server does, and nothing else: no credentials, no
/// control characters or spaces, no backslashes, no other ways to write a host. Redirects and targets are only ever
/// made of one.
/// </summary>
public sealed class WebUrl
{
    private const int ExpandedLength = 8_192;

    private static readonly SearchValues<char> _authorityEnd = SearchValues.Create("/?#");
    private static readonly SearchValues<char> _hostCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");

    private static readonly SearchValues<char> _addressCharacters = SearchValues.Create("0123456789abcdef:.");

    private readonly Uri _uri;

    private WebUrl(Uri uri, string host)
    {
        _uri = uri;
        Host = host;
    }

    /// <summary>The host in lower case, without a final dot; an IPv6 address in brackets.</summary>
    public string Host { get; }

    /// <summary>The URL in printable ASCII: what may stand in a <c>Location</c> header.</summary>
    public string Location => _uri.AbsoluteUri;

    /// <summary>Reads a URL.</summary>
    /// <param name="text">1 to 2,048 characters.</param>
    /// <param name="url">The URL.</param>
    /// <param name="problem">What is wrong with it, as the end of a sentence that starts with its name.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out WebUrl? url, [NotNullWhen(false)] out string? problem)
    {
        problem = Problem(text, ReferenceLimits.UrlLength, out var host, out var uri);
        url = problem is null ? new WebUrl(uri!, host) : null;
        return url is not null;
    }

    /// <summary>Reads one whose macros were expanded, of up to 8,192 characters: what browsers and proxies take in a header.</summary>
    internal static bool TryParseExpanded(string text, [NotNullWhen(true)] out WebUrl? url)
    {
        url = Problem(text, ExpandedLength, out var host, out var uri) is null ? new WebUrl(uri!, host) : null;
        return url is not null;
    }

    /// <summary>Where the host and port of a URL end, and all else begins.</summary>
    internal static int AuthorityEnd(string text)
    {
        var start = text.IndexOf("://", StringComparison.Ordinal) + 3;
        var length = text.AsSpan(start).IndexOfAny(_authorityEnd);
        return length < 0 ? text.Length : start + length;
    }

    private static string? Problem(string? text, int maxLength, out string host, out Uri? uri)
    {
        (host, uri) = ("", null);
        if (string.IsNullOrEmpty(text)) return "must not be empty";
        if (text.Length > maxLength) return $"must not be longer than {maxLength} characters";
        if (text.Any(c => c <= ' ' || c == '\\' || char.IsControl(c)) || !IsPaired(text))
            return "must not contain spaces, backslashes or control characters";
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0 || text[..scheme].ToLowerInvariant() is not ("http" or "https")) return "must start with http:// or https://";
        var authority = text[(scheme + 3)..AuthorityEnd(text)];
        if (authority.Contains('@')) return "must not contain a user name";
        if (!TrySplit(authority, out host)) return "must have a host name or address of plain ASCII letters";
        if (!Uri.TryCreate(text, UriKind.Absolute, out uri) || uri.UserInfo.Length != 0) return "must be a URL";

        // Two readers must agree: one that takes 0x7f.1 or %65 for another host than is written is why.
        return uri.Host.TrimEnd('.').Equals(host, StringComparison.Ordinal) ? null : "must name its host in the usual form";
    }

    /// <summary>Takes the port off.</summary>
    private static bool TrySplit(string authority, out string host)
    {
        var colon = authority.LastIndexOf(':');
        if (colon > authority.LastIndexOf(']'))
        {
            var port = authority.AsSpan(colon + 1);
            host = authority[..colon];
            if (port.Length is 0 or > 5 || !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
                return false;
        }
        else
        {
            host = authority;
        }

        host = host.ToLowerInvariant();
        if (host.StartsWith('[')) return host.EndsWith(']') && !host.AsSpan(1, host.Length - 2).ContainsAnyExcept(_addressCharacters);
        if (host.EndsWith('.')) host = host[..^1];
        return IsHostName(host);
    }

    internal static bool IsHostName(string host) =>
        host.Length is > 0 and <= ReferenceLimits.HostLength
        && !host.AsSpan().ContainsAnyExcept(_hostCharacters)
        && host.Split('.').All(label => label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-');

    private static bool IsPaired(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }

        return true;
    }
}
