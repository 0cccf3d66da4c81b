using System.Security.Cryptography;
using System.Text.Json;
using Adclicks.ReadApi.Live;
using Adclicks.ReadApi.Planning;
using Adclicks.ReadApi.Queries;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using ZiggyCreatures.Caching.Fusion;

namespace Adclicks.ReadApi.Execution;

/// <summary>
/// Answers, kept for a moment, so that many who ask the same at the same time cost one reading. An answer goes by what was
/// asked, by whom it may be seen, by the generation, and by the last commit with clicks of its range: the next such commit
/// makes it void. While commits are not heard of, nothing is kept.
/// </summary>
public sealed class AnswerCache : IDisposable
{
    private readonly CommitFeed _feed;
    private readonly TimeSpan _time;
    private readonly MemoryCache _memory;
    private readonly FusionCache _answers;

    /// <summary>Empty.</summary>
    public AnswerCache(IOptions<ReadApiOptions> options, CommitFeed feed)
    {
        (_feed, _time) = (feed, options.Value.CacheTime);
        _memory = new MemoryCache(new MemoryCacheOptions { SizeLimit = options.Value.MaxCachedRows });
        _answers = new FusionCache(new FusionCacheOptions(), _memory);
    }

    /// <summary>The answer to a plan: as it was given a moment ago, or by <paramref name="read"/>.</summary>
    public async ValueTask<ReportResult> GetAsync(
        ReportPlan plan, ReportScope scope, int generation, Func<CancellationToken, Task<ReportResult>> read, CancellationToken cancellationToken)
    {
        if (_time == TimeSpan.Zero || !_feed.IsListening) return await read(cancellationToken);
        var isKept = true;
        var result = await _answers.GetOrSetAsync<ReportResult>(
            Key(plan, scope, generation),
            async (entry, stop) =>
            {
                isKept = false;
                var answer = await read(stop);
                entry.Options.Size = answer.Rows.Count + 1;
                return answer;
            },
            new FusionCacheEntryOptions(_time) { Size = 1 },
            token: cancellationToken);
        ReadApiMetrics.Cached.Add(1, new KeyValuePair<string, object?>("outcome", isKept ? "hit" : "miss"));
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _answers.Dispose();
        _memory.Dispose();
    }

    private string Key(ReportPlan plan, ReportScope scope, int generation)
    {
        var query = plan.Query;
        var commit = _feed.LastOf(generation, query.From.UtcDateTime, query.To.UtcDateTime);
        if (Planner.PlanCompared(plan, []) is { Query: var other })
            commit = Math.Max(commit, _feed.LastOf(generation, other.From.UtcDateTime, other.To.UtcDateTime));
        return Convert.ToBase64String(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new object?[]
        {
            commit, generation, scope.CacheKey, query.From, query.To, query.Granularity, query.Dimensions,
            query.Filters.Select(filter => new object[] { filter.Dimension, filter.Kind, filter.Values }),
            query.Metrics, query.RankBy, query.Limit, query.After, query.CompareFrom, query.TimeZone.Id, query.FillGaps,
        })));
    }
}
