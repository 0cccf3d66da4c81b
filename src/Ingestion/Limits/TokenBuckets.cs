using System.Threading.RateLimiting;
using BitFaster.Caching.Lru;

namespace Adclicks.Ingestion.Limits;

/// <summary>
/// A token bucket for each key, of those seen last: the framework's own partitions have no bound, and a sender of many
/// addresses would fill memory with them. A bucket is filled when it is asked, so there is no timer.
/// </summary>
/// <param name="perSecond">Tokens a second; 0 for no limit.</param>
/// <param name="burst">Tokens of a full bucket.</param>
/// <param name="remembered">How many buckets; the least used goes first, and is full when it comes back.</param>
internal sealed class TokenBuckets<TKey>(int perSecond, int burst, int remembered)
    where TKey : notnull
{
    private readonly ConcurrentLru<TKey, TokenBucketRateLimiter> _buckets = new(Environment.ProcessorCount, remembered, EqualityComparer<TKey>.Default);

    private readonly TokenBucketRateLimiterOptions _options = new()
    {
        TokenLimit = burst,
        TokensPerPeriod = Math.Max(1, perSecond),
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        QueueLimit = 0,
        AutoReplenishment = false,
    };

    /// <summary>Takes a token.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="retryAfter">When to try again, where there is none.</param>
    public bool TryTake(TKey key, out TimeSpan retryAfter)
    {
        retryAfter = default;
        if (perSecond == 0) return true;
        var bucket = _buckets.GetOrAdd(key, static (_, options) => new TokenBucketRateLimiter(options), _options);
        bucket.TryReplenish();
        using var lease = bucket.AttemptAcquire();
        if (lease.IsAcquired) return true;
        if (!lease.TryGetMetadata(MetadataName.RetryAfter, out retryAfter)) retryAfter = _options.ReplenishmentPeriod;
        return false;
    }
}
