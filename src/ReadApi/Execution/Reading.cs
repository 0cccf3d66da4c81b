using Adclicks.Domain.Rollups;
using Adclicks.ReadApi.Planning;
using Adclicks.ReadApi.Queries;
using Npgsql;

namespace Adclicks.ReadApi.Execution;

/// <summary>
/// One run of a plan over one connection: fetches the blocks, only the columns that are needed, and adds up what they
/// hold. A ranking reads counters first, and sketches for those it found. The freshness is read before the counts, so
/// that it never promises more than they hold.
/// </summary>
internal sealed class Reading(
    ReportPlan plan, int generation, IReadOnlyList<IdFilter> filters, NpgsqlConnection connection, ReadApiOptions options)
{
    private readonly string[] _sketches = [.. SketchColumns(plan.Query)];
    private GroupTable _table = new(1 + plan.Query.Dimensions.Count);

    public Dictionary<GroupKey, Group> Groups { get; } = [];

    public DateTimeOffset? FreshUntil { get; private set; }

    /// <summary>Whether all that a query needs is read in one batch: no other period, and no sketches that are looked for afterwards.</summary>
    public static bool IsAtOnce(ReportQuery query) => query.CompareFrom is null && !SketchColumns(query).Any();

    /// <summary>The sketch columns a query needs, in the order they are read.</summary>
    public static IEnumerable<string> SketchColumns(ReportQuery query)
    {
        if (query.Metrics.Contains(Metric.UniqueUsers) || query.RankBy == Metric.UniqueUsers) yield return Cuboid.UniqueUsersColumn;
        if (query.Metrics.Contains(Metric.UniqueIps) || query.RankBy == Metric.UniqueIps) yield return Cuboid.UniqueIpsColumn;
    }

    /// <summary>The counters a query needs: 0 gross, 1 click, 2 fraudulent.</summary>
    private static int[] Counters(ReportQuery query)
    {
        Metric[] metrics = [.. query.Metrics, .. query.RankBy is { } by ? [by] : Array.Empty<Metric>()];
        bool Needs(params Metric[] any) => metrics.Intersect(any).Any();
        return
        [
            .. Needs(Metric.GrossClickCount, Metric.DuplicateClickCount) ? [0] : Array.Empty<int>(),
            .. Needs(Metric.ClickCount, Metric.BillableClickCount, Metric.DuplicateClickCount) ? [1] : Array.Empty<int>(),
            .. Needs(Metric.FraudulentClickCount, Metric.BillableClickCount) ? [2] : Array.Empty<int>(),
        ];
    }

    /// <param name="cancellationToken">Ends it, between two blocks too.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var bytes = new ColumnBytes();
        var query = plan.Query;
        if (filters.Any(filter => filter.AcceptsNothing))
        {
            await ExecuteAsync([], null, bytes, cancellationToken);
            return;
        }

        if (query is { RankBy: { } by, Limit: { } limit } && !by.IsUnique())
        {
            await ExecuteAsync(plan.Slices, new BlockSums(plan, filters, Counters(query), [], bytes, _table, addsGroups: true), bytes, cancellationToken);
            _table = Ranking.Of(_table, by, limit, options.MaxRows);
            if (_sketches.Length > 0 && _table.Count > 0)
                await ExecuteAsync(plan.Slices, new BlockSums(plan, filters, [], _sketches, bytes, _table, addsGroups: false), bytes, cancellationToken);
        }
        else
        {
            await ExecuteAsync(plan.Slices, new BlockSums(plan, filters, Counters(query), _sketches, bytes, _table, addsGroups: true), bytes, cancellationToken);
        }

        for (var group = 0; group < _table.Count; group++) Groups.Add(new GroupKey(_table[group][0], _table[group][1..].ToArray()), Take(group));
    }

    private async Task ExecuteAsync(IReadOnlyList<TimeSlice> slices, BlockSums? sums, ColumnBytes bytes, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Generations.FreshnessCommand(generation));
        batch.BatchCommands.Add(DroppedTimes.Command(generation));
        var parts = new List<(string Table, BlockTimes Times, SketchPlaces? Places)>();
        foreach (var sliced in slices.GroupBy(slice => slice.Granularity))
        {
            var cuboid = plan.CuboidOf(sliced.Key);
            var table = RollupTables.Table(generation, cuboid, sliced.Key);
            var leads = WantedLeads(cuboid, sums!);
            var places = leads.Count > 0 && sums!.Sketches.Count > 0 ? new SketchPlaces(table, sums.Sketches) : null;
            batch.BatchCommands.Add(BlockStatement.Of(table, sliced.Key, [.. sliced], sums!.Columns(places), leads));
            parts.Add((table, new BlockTimes(plan, sliced.Key), places));
        }

        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            if (await reader.ReadAsync(cancellationToken)) FreshUntil = Generations.FreshUntil(reader);
            await reader.NextResultAsync(cancellationToken);
            await DroppedTimes.CheckAsync(reader, slices, cancellationToken);
            foreach (var (table, times, places) in parts)
            {
                await reader.NextResultAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                {
                    Add(sums!, reader, table, times, places);
                    if (_table.Count > MaxGroups) throw TooManyRows(options.MaxRows);
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }
        }

        await UniteAsync([.. parts.Select(part => part.Places).OfType<SketchPlaces>().Where(places => !places.IsEmpty)], bytes, cancellationToken);
    }

    private async Task UniteAsync(IReadOnlyList<SketchPlaces> all, ColumnBytes bytes, CancellationToken cancellationToken)
    {
        if (all.Count == 0) return;
        await using var batch = new NpgsqlBatch(connection);
        foreach (var places in all) batch.BatchCommands.Add(places.Command());
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        foreach (var places in all)
        {
            while (await reader.ReadAsync(cancellationToken)) places.Unite(reader, _table, bytes);
            await reader.NextResultAsync(cancellationToken);
        }
    }

    private static void Add(BlockSums sums, NpgsqlDataReader reader, string table, BlockTimes times, SketchPlaces? places)
    {
        try
        {
            sums.Add(reader, times, places);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or IndexOutOfRangeException)
        {
            throw new ReportDamagedException(table, reader.GetDateTime(0), e);
        }
    }

    /// <summary>A ranking shows few of the combinations it compares.</summary>
    private int MaxGroups => plan.Query.RankBy is null ? options.MaxRows : options.MaxRankedCombinations;

    /// <summary>Ids of the leading dimension: blocks with none of these need not be read.</summary>
    private List<int[]> WantedLeads(Cuboid cuboid, BlockSums sums)
    {
        List<int[]> wanted = [.. filters.Where(filter => filter.Dimension == cuboid.Lead).Select(filter => filter.Wanted).OfType<int[]>()];
        var place = plan.Query.Dimensions.ToList().IndexOf(cuboid.Lead);
        if (!sums.AddsGroups && place >= 0) wanted.Add([.. Enumerable.Range(0, _table.Count).Select(group => _table[group][1 + place]).Distinct()]);
        return wanted;
    }

    private Group Take(int group) => new(
        _table.Counter(0)[group], _table.Counter(1)[group], _table.Counter(2)[group], [_table.Sketch(group, 0), _table.Sketch(group, 1)]);

    internal static ReportQueryException TooManyRows(int maxRows) => new(
        "dimensions",
        $"The answer would have more than {maxRows} rows. Ask for a shorter range, a coarser granularity, fewer dimensions, "
        + "more filters, or for the top of one dimension.");
}
