using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Adclicks.Import;

/// <summary>
/// One line of Apache's combined log format: <c>%h %l %u [%t] "%r" %&gt;s %b "%{Referer}i" "%{User-agent}i"</c>
/// (httpd.apache.org, mod_log_config). Within quotes, Apache writes <c>\"</c>, <c>\\</c>, <c>\n</c>, <c>\t</c> and <c>\xhh</c>.
/// </summary>
internal sealed record CombinedLine(string Host, DateTimeOffset Time, string Request, string Referrer, string UserAgent)
{
    private const string TimeFormat = "dd/MMM/yyyy:HH:mm:ss zzz";

    /// <summary>Null, and what is wrong, where the line is not of that format.</summary>
    public static CombinedLine? Parse(ReadOnlySpan<char> line, out string problem)
    {
        var rest = line.TrimEnd(' ');
        problem = "";
        string host = Word(ref rest), _ = Word(ref rest), __ = Word(ref rest);
        if (host.Length == 0 || rest.Length == 0 || rest[0] != '[') return Fail("no [time] after host, identity and user", out problem);
        var close = rest.IndexOf(']');
        if (close < 0 || !TryTime(rest[1..close], out var time)) return Fail("the time in [ ] is not like 17/May/2015:10:05:03 +0000", out problem);
        rest = rest[(close + 1)..].TrimStart(' ');
        if (!TryQuoted(ref rest, "request", out var request, out problem)) return null;
        string status = Word(ref rest), size = Word(ref rest);
        if (status.Length != 3 || !status.All(char.IsAsciiDigit)) return Fail("the status is not a number of three digits", out problem);
        if (size != "-" && (size.Length == 0 || !size.All(char.IsAsciiDigit))) return Fail("the size is not a number", out problem);
        if (!TryQuoted(ref rest, "referrer", out var referrer, out problem)) return null;
        if (!TryQuoted(ref rest, "user agent", out var agent, out problem)) return null;
        return rest.Length == 0 ? new CombinedLine(host, time, request, referrer, agent) : Fail("text after the user agent", out problem);
    }

    private static bool TryTime(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        time = default;
        // .NET reads offsets with a colon.
        return text.Length > 5 && DateTimeOffset.TryParseExact(
            string.Concat(text[..^2], ":", text[^2..]), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }

    private static CombinedLine? Fail(string reason, out string problem)
    {
        problem = reason;
        return null;
    }

    private static string Word(ref ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOf(' ');
        var word = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..].TrimStart(' ');
        return word.ToString();
    }

    private static bool TryQuoted(ref ReadOnlySpan<char> rest, string name, out string value, out string problem)
    {
        (value, problem) = ("", "");
        if (rest.Length == 0 || rest[0] != '"')
        {
            problem = $"the {name} is not in quotes";
            return false;
        }

        var end = 1;
        while (end < rest.Length && rest[end] != '"') end += rest[end] == '\\' ? 2 : 1;
        if (end >= rest.Length)
        {
            problem = $"the {name} has no closing quote";
            return false;
        }

        value = Unescape(rest[1..end]);
        rest = rest[(end + 1)..].TrimStart(' ');
        return true;
    }

    private static string Unescape(ReadOnlySpan<char> text)
    {
        if (!text.Contains('\\')) return text.ToString();
        var bytes = new List<byte>(text.Length);
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && text[i + 1] == 'x' && byte.TryParse(text.Slice(i + 2, 2), NumberStyles.HexNumber, null, out var value))
            {
                bytes.Add(value);
                i += 3;
                continue;
            }

            if (text[i] == '\\' && i + 1 < text.Length)
            {
                bytes.Add(text[++i] switch { 'n' => (byte)'\n', 't' => (byte)'\t', 'r' => (byte)'\r', var c and < (char)128 => (byte)c, _ => (byte)'?' });
                continue;
            }

            _ = Rune.DecodeFromUtf16(text[i..], out var rune, out var used);
            foreach (var b in utf8[..rune.EncodeToUtf8(utf8)]) bytes.Add(b);
            i += used - 1;
        }

        // Bytes of another character set stay escaped, so that what differs in the log differs here.
        return Utf8.IsValid(CollectionsMarshal.AsSpan(bytes)) ? Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(bytes)) : text.ToString();
    }
}
