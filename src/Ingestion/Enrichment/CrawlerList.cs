using System.Text.Json;
using System.Text.RegularExpressions;

namespace Adclicks.Ingestion.Enrichment;

/// <summary>The list of crawlers (<c>crawler-user-agents.json</c>: an array of objects with a member <c>pattern</c>).</summary>
internal sealed class CrawlerList
{
    private static readonly TimeSpan _limit = TimeSpan.FromMilliseconds(50);
    private readonly (string Entry, Regex Pattern)[] _crawlers;

    private CrawlerList((string, Regex)[] crawlers) => _crawlers = crawlers;

    /// <exception cref="JsonException">The file is not of that format.</exception>
    public static CrawlerList Load(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return new([.. document.RootElement.EnumerateArray()
            .Select(e => e.GetProperty("pattern").GetString()!)
            .Select(p => (p, new Regex(p, RegexOptions.CultureInvariant, _limit)))]);
    }

    /// <summary>The first entry that matches; empty for none.</summary>
    public string Find(string userAgent)
    {
        foreach (var (entry, pattern) in _crawlers)
        {
            if (Matches(pattern, userAgent)) return entry;
        }

        return "";
    }

    private static bool Matches(Regex pattern, string userAgent)
    {
        try
        {
            return pattern.IsMatch(userAgent);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
