using Adclicks.Domain.Clicks;
using Adclicks.Domain.Reference;

namespace Adclicks.Domain.InvalidTraffic;

/// <summary>
/// The rules in force at one revision that judge a click by itself, ready to use. Not for several threads at a time.
/// A rule that cannot be understood here (written by others than our validators) marks nothing.
/// </summary>
public sealed class RuleSet
{
    private const string MarkPrefix = "rule:";
    private readonly AddressRules _addresses;
    private readonly UserAgentRules _userAgents;

    /// <summary>Makes it ready.</summary>
    /// <param name="rules">In the order of their ids: of several that match alike, the first marks.</param>
    public RuleSet(IReadOnlyList<Rule> rules)
    {
        var usable = rules.Where(r => r.Id.Length <= ReferenceLimits.RuleIdLength).ToList();
        _addresses = new AddressRules(usable.OfType<BlockedIpRange>());
        _userAgents = new UserAgentRules(usable.OfType<BadUserAgent>());
    }

    /// <summary>No rules.</summary>
    public static RuleSet Empty { get; } = new([]);

    /// <summary>What a click marked by a rule is marked with: <c>rule:ID</c>, which no built-in mark looks like.</summary>
    public static string MarkOf(string ruleId) => MarkPrefix + ruleId;

    /// <summary>The mark by the click's address, or null.</summary>
    public string? MarkByAddress(in ClickView click) => _addresses.Find(click.IpPrefix, click.IpHash);

    /// <summary>The mark by the click's user agent, or null.</summary>
    public string? MarkByUserAgent(in ClickView click) => _userAgents.Find(click.UserAgent);
}
