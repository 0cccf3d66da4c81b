using BitFaster.Caching.Lru;
using Microsoft.Extensions.Logging;

namespace Adclicks.Ingestion.Enrichment;

/// <summary>What a user agent tells. Unknown parts are empty.</summary>
/// <param name="DeviceType">As <see cref="DeviceTypes"/> tells it.</param>
/// <param name="Os">The family.</param>
/// <param name="Browser">The family.</param>
/// <param name="Crawler">The entry of the list of crawlers that it matches.</param>
/// <param name="IsFrozen">It does not tell system and device: client hints do.</param>
internal sealed record UserAgentFacts(string DeviceType, string Os, string Browser, string Crawler, bool IsFrozen = false)
{
    public static readonly UserAgentFacts Unknown = new("", "", "", "");
}

/// <summary>Interprets user agents. The rules are slow (about a millisecond), so answers are kept: bounded, least used out first.</summary>
internal sealed class UserAgents
{
    private readonly UserAgentRules? _rules;
    private readonly CrawlerList? _crawlers;
    private readonly ConcurrentLru<string, UserAgentFacts> _cache;

    public UserAgents(IngestionOptions options, ILogger<UserAgents> logger)
    {
        _cache = new(Environment.ProcessorCount, options.UserAgentCacheEntries, StringComparer.Ordinal);
        if (Exists("Ingestion:UserAgentRules", options.UserAgentRules, logger)) _rules = UserAgentRules.Load(options.UserAgentRules!);
        if (Exists("Ingestion:CrawlerList", options.CrawlerList, logger)) _crawlers = CrawlerList.Load(options.CrawlerList!);
    }

    public UserAgentFacts Of(string userAgent) =>
        userAgent.Length == 0 ? UserAgentFacts.Unknown : _cache.GetOrAdd(userAgent, static (ua, agents) => agents.Interpret(ua), this);

    /// <summary>With what client hints say, where the user agent does not.</summary>
    public UserAgentFacts Of(string userAgent, ClientHints? hints)
    {
        var facts = Of(userAgent);
        return hints is not null && facts.IsFrozen ? FrozenAgents.Refine(facts, hints) : facts;
    }

    private UserAgentFacts Interpret(string userAgent)
    {
        var crawler = _crawlers?.Find(userAgent) ?? "";
        return new(DeviceTypes.Of(userAgent, crawler), _rules?.Os(userAgent) ?? "", _rules?.Browser(userAgent) ?? "", crawler, FrozenAgents.Is(userAgent));
    }

    private static bool Exists(string key, string? path, ILogger logger)
    {
        if (string.IsNullOrEmpty(path)) return false;
        if (File.Exists(path)) return true;
        logger.EnrichmentMissing(key, path);
        return false;
    }
}
