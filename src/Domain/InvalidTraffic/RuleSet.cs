using System.Text;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Dedup;
using Adclicks.Domain.Reference;

namespace Adclicks.Domain.InvalidTraffic;

/// <summary>
/// The rules in force at one revision, ready to use. Not for several threads at a time. A rule that cannot be understood here (written by others than our validators) marks nothing.
/// </summary>
public sealed class RuleSet
{
    /// <summary>The mark of clicks by known crawlers.</summary>
    public const string Crawler = "crawler";

    private const string MarkPrefix = "rule:";
    private const int MaxIngestMarks = 1_000;
    private readonly Dictionary<byte[], string> _ingestMarks = new(Utf8Comparer.Instance);
    private readonly AddressRules _addresses;
    private readonly UserAgentRules _userAgents;
    private readonly VelocityRules _velocity;

    /// <summary>Makes it ready.</summary>
    /// <param name="rules">In the order of their ids: of several that match alike, the first marks.</param>
    public RuleSet(IReadOnlyList<Rule> rules)
    {
        var usable = rules.Where(r => r.Id.Length <= ReferenceLimits.RuleIdLength).ToList();
        _addresses = new AddressRules(usable.OfType<BlockedIpRange>());
        _userAgents = new UserAgentRules(usable.OfType<BadUserAgent>());
        _velocity = new VelocityRules(usable.OfType<VelocityLimit>());
    }

    /// <summary>What a click marked by a rule is marked with: <c>rule:ID</c>, which no built-in mark looks like.</summary>
    public static string MarkOf(string ruleId) => MarkPrefix + ruleId;

    /// <summary>The order: the first that speaks against a counted click marks it. Null where nothing does.</summary>
    /// <param name="click">The click.</param>
    /// <param name="earlier">The clicks before it in the log.</param>
    /// <param name="entry">The click as it is going to be remembered.</param>
    internal string? Mark(in ClickView click, ClickMemory earlier, in ClickMemory.Entry entry) =>
        _addresses.Find(click.IpPrefix, click.IpHash)
        ?? (click.Crawler.IsEmpty ? null : Crawler)
        ?? _userAgents.Find(click.UserAgent)
        ?? IngestMark(click.IngestMark)
        ?? _velocity.Find(earlier, entry);

    /// <summary>What the ingest node knew: it is kept as it came.</summary>
    private string? IngestMark(ReadOnlySpan<byte> mark)
    {
        if (mark.IsEmpty) return null;
        var known = _ingestMarks.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (known.TryGetValue(mark, out var text)) return text;
        if (_ingestMarks.Count >= MaxIngestMarks) _ingestMarks.Clear();
        return known[mark] = Encoding.UTF8.GetString(mark);
    }
}
