using System.Text;
using System.Text.RegularExpressions;
using Adclicks.Domain.Reference;

namespace Adclicks.Domain.InvalidTraffic;

/// <summary>Bad user agents. What one came to is kept: the same few thousand come again and again.</summary>
internal sealed class UserAgentRules
{
    private const int MaxKept = 20_000;
    private readonly List<(Regex Pattern, string Mark)> _rules = [];
    private readonly Dictionary<byte[], string?> _known = new(Utf8Comparer.Instance);
    private readonly Dictionary<byte[], string?>.AlternateLookup<ReadOnlySpan<byte>> _bySpan;

    public UserAgentRules(IEnumerable<BadUserAgent> rules)
    {
        _bySpan = _known.GetAlternateLookup<ReadOnlySpan<byte>>();
        foreach (var rule in rules)
        {
            try
            {
                _rules.Add((BadUserAgent.Compile(rule.Pattern), RuleSet.MarkOf(rule.Id)));
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                // Not a pattern: marks nothing.
            }
        }
    }

    /// <summary>The mark, or null.</summary>
    public string? Find(ReadOnlySpan<byte> userAgent)
    {
        if (_rules.Count == 0 || userAgent.IsEmpty) return null;
        if (_bySpan.TryGetValue(userAgent, out var mark)) return mark;
        if (_known.Count >= MaxKept) _known.Clear();
        return _bySpan[userAgent] = Match(Encoding.UTF8.GetString(userAgent));
    }

    private string? Match(string userAgent)
    {
        foreach (var (pattern, mark) in _rules)
        {
            if (pattern.IsMatch(userAgent)) return mark;
        }

        return null;
    }
}
