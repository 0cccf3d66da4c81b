using System.Text.RegularExpressions;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Adclicks.Ingestion.Enrichment;

/// <summary>
/// Browser and operating system by the rules of uap-core (<c>regexes.yaml</c>): the first rule that matches names the
/// family, by its replacement or by its first group. No match is <c>Other</c>, as in the other implementations of it.
/// </summary>
internal sealed class UserAgentRules
{
    private const string Other = "Other";
    private readonly Rule[] _browsers;
    private readonly Rule[] _systems;

    private UserAgentRules(Rule[] browsers, Rule[] systems) => (_browsers, _systems) = (browsers, systems);

    /// <exception cref="YamlDotNet.Core.YamlException">The file is not of that format.</exception>
    public static UserAgentRules Load(string path)
    {
        using var text = File.OpenText(path);
        var file = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).IgnoreUnmatchedProperties().Build().Deserialize<RuleFile>(text);
        return new(
            [.. file.UserAgentParsers.Select(r => new Rule(r, r.FamilyReplacement))],
            [.. file.OsParsers.Select(r => new Rule(r, r.OsReplacement))]);
    }

    public string Browser(string userAgent) => First(_browsers, userAgent);

    public string Os(string userAgent) => First(_systems, userAgent);

    private static string First(Rule[] rules, string userAgent)
    {
        foreach (var rule in rules)
        {
            if (rule.Match(userAgent) is { } family) return family;
        }

        return Other;
    }

    private sealed class Rule(RuleEntry entry, string? replacement)
    {
        private static readonly TimeSpan _limit = TimeSpan.FromMilliseconds(50);
        private readonly Regex _pattern = new(entry.Regex, entry.RegexFlag == "i" ? RegexOptions.IgnoreCase | RegexOptions.CultureInvariant : RegexOptions.CultureInvariant, _limit);

        public string? Match(string userAgent)
        {
            try
            {
                var match = _pattern.Match(userAgent);
                if (!match.Success) return null;
                var family = replacement is null ? match.Groups[1].Value : replacement.Contains('$', StringComparison.Ordinal) ? Fill(match, replacement) : replacement;
                return family.Trim() is { Length: > 0 } named ? named : Other;
            }
            catch (RegexMatchTimeoutException)
            {
                return null;
            }
        }

        private static string Fill(Match match, string replacement)
        {
            for (var i = 1; i <= 9; i++) replacement = replacement.Replace("$" + (char)('0' + i), match.Groups[i].Value, StringComparison.Ordinal);
            return replacement;
        }
    }

    /// <summary>The parts of the file that are used here.</summary>
    public sealed class RuleFile
    {
        public List<RuleEntry> UserAgentParsers { get; set; } = [];

        public List<RuleEntry> OsParsers { get; set; } = [];
    }

    /// <summary>One entry of either list.</summary>
    public sealed class RuleEntry
    {
        public string Regex { get; set; } = "";

        public string? RegexFlag { get; set; }

        public string? FamilyReplacement { get; set; }

        public string? OsReplacement { get; set; }
    }
}
