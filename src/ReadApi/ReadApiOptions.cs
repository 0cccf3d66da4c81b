namespace Adclicks.ReadApi;

/// <summary>Settings of section <c>ReadApi</c>: the bounds of what one question may cost.</summary>
public sealed class ReadApiOptions
{
    /// <summary>The name of the section.</summary>
    public const string Section = "ReadApi";

    /// <summary>How long one question may keep the database busy.</summary>
    public TimeSpan StatementTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The most rows one answer may have.</summary>
    public int MaxRows { get; set; } = 50_000;

    /// <summary>The most combinations that a ranking may compare; each takes about 100 bytes while it does.</summary>
    public int MaxRankedCombinations { get; set; } = 1_000_000;

    /// <summary>The largest <c>top_n</c>.</summary>
    public int MaxTopN { get; set; } = 1_000;

    /// <summary>The longest range, in days, of a series by minute.</summary>
    public int MaxDaysByMinute { get; set; } = 7;

    /// <summary>The longest range, in days, of a series by hour.</summary>
    public int MaxDaysByHour { get; set; } = 100;

    /// <summary>The longest range, in days, of any other question.</summary>
    public int MaxDays { get; set; } = 1_100;

    /// <summary>The most filters in one question, and the most values in one filter.</summary>
    public int MaxFilterValues { get; set; } = 200;

    /// <summary>Connections to the database, and so the questions answered at the same time; more wait.</summary>
    public int MaxConnections { get; set; } = 16;

    /// <summary>Dictionary entries kept in memory, each way.</summary>
    public int DictionaryCacheEntries { get; set; } = 100_000;

    /// <summary>How long the number of the active generation is trusted without asking.</summary>
    public TimeSpan GenerationCacheTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether the SQL views of schema <c>adclicks_views</c> are kept up to date by this process.</summary>
    public bool KeepViews { get; set; } = true;

    /// <summary>How long an answer is kept; zero to keep none. New clicks in its range end it at once.</summary>
    public TimeSpan CacheTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Rows of all answers that are kept; each takes some 300 bytes.</summary>
    public int MaxCachedRows { get; set; } = 100_000;

    /// <summary>GraphQL queries known by their hash; each takes up to 16 KB.</summary>
    public int MaxPersistedQueries { get; set; } = 1_000;

    /// <summary>Streams of live totals open at the same time.</summary>
    public int MaxStreams { get; set; } = 200;

    /// <summary>Of these, how many with the same key.</summary>
    public int MaxStreamsPerKey { get; set; } = 20;

    /// <summary>The least time between two events of a stream: what is counted meanwhile comes in one.</summary>
    public TimeSpan StreamInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>After so long without new counts a stream says what it last said, with the freshness of now.</summary>
    public TimeSpan StreamHeartbeat { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A stream ends after so long; its client comes again, and shows its key again.</summary>
    public TimeSpan StreamLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The first bound that is not positive, as a message; null if all are.</summary>
    internal string? Fault()
    {
        (string Name, long Value)[] bounds =
        [
            (nameof(StatementTimeout), StatementTimeout.Ticks), (nameof(MaxRows), MaxRows), (nameof(MaxRankedCombinations), MaxRankedCombinations), (nameof(MaxTopN), MaxTopN),
            (nameof(MaxDaysByMinute), MaxDaysByMinute), (nameof(MaxDaysByHour), MaxDaysByHour), (nameof(MaxDays), MaxDays),
            (nameof(MaxFilterValues), MaxFilterValues), (nameof(MaxConnections), MaxConnections),
            (nameof(DictionaryCacheEntries), DictionaryCacheEntries), (nameof(GenerationCacheTime), GenerationCacheTime.Ticks + 1),
            (nameof(CacheTime), CacheTime.Ticks + 1), (nameof(MaxCachedRows), MaxCachedRows), (nameof(MaxPersistedQueries), MaxPersistedQueries), (nameof(MaxStreams), MaxStreams), (nameof(MaxStreamsPerKey), MaxStreamsPerKey), (nameof(StreamInterval), StreamInterval.Ticks),
            (nameof(StreamHeartbeat), StreamHeartbeat.Ticks), (nameof(StreamLifetime), StreamLifetime.Ticks),
        ];
        foreach (var (name, value) in bounds)
        {
            if (value <= 0) return $"{Section}:{name} must be greater than zero.";
        }

        return null;
    }
}
