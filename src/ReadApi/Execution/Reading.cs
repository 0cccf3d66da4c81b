using Adclicks.ReadApi.Planning;
using Adclicks.ReadApi.Queries;
using Npgsql;

namespace Adclicks.ReadApi.Execution;

/// <summary>
/// One run of a plan over one connection: sends the statements and adds up what comes back. The freshness is read
/// before the counts, so that it never promises more than they hold.
/// </summary>
internal sealed class Reading(
    ReportPlan plan, int generation, IReadOnlyList<IdFilter> filters, NpgsqlConnection connection, int maxRows)
{
    private readonly bool _hasTime = plan.Query.Granularity is not null;
    private readonly int _dimensions = plan.Query.Dimensions.Count;
    private readonly int _sketches = ReportStatement.SketchColumns(plan.Query).Count();

    public Dictionary<GroupKey, Group> Groups { get; } = [];

    public DateTimeOffset? FreshUntil { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var query = plan.Query;
        var nothing = filters.Any(filter => filter.AcceptsNothing);
        var ranked = query is { RankBy: { } by, Limit: not null } && !by.IsUnique();
        if (nothing)
            await ExecuteAsync(null, 0, stopAtMax: false, cancellationToken);
        else if (ranked)
            await ExecuteAsync(Statement().Ranking(query.RankBy!.Value, query.Limit!.Value), 0, stopAtMax: true, cancellationToken);
        else if (_sketches == 0)
            await ExecuteAsync(Statement().Counters(maxRows + 1), 0, stopAtMax: false, cancellationToken);
        else
            await ExecuteAsync(Statement().Sketches(keys: null), _sketches, stopAtMax: false, cancellationToken);

        if (!ranked || _sketches == 0 || Groups.Count == 0) return;
        var keys = Enumerable.Range(0, _dimensions).Select(i => Groups.Keys.Select(key => key.Ids[i]).ToArray()).ToArray();
        var freshUntil = FreshUntil;
        Groups.Clear();
        await ExecuteAsync(
            Statement().Sketches(_dimensions > 0 ? keys : null), _sketches, stopAtMax: false, cancellationToken);
        FreshUntil = freshUntil;
    }

    private ReportStatement Statement() => new(plan, generation, filters);

    private async Task ExecuteAsync(
        NpgsqlBatchCommand? counts, int sketches, bool stopAtMax, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Generations.FreshnessCommand(generation));
        if (counts is not null) batch.BatchCommands.Add(counts);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (await reader.ReadAsync(cancellationToken)) FreshUntil = Generations.FreshUntil(reader);
        if (!await reader.NextResultAsync(cancellationToken)) return;
        while (await reader.ReadAsync(cancellationToken))
        {
            Take(reader, sketches);
            if (Groups.Count <= maxRows) continue;
            if (stopAtMax) return;
            throw TooManyRows(maxRows);
        }
    }

    private void Take(NpgsqlDataReader reader, int sketches)
    {
        var column = 0;
        var bucket = 0;
        if (_hasTime)
        {
            bucket = plan.StoredBucketsAreAnswerBuckets
                ? plan.Grid.IndexOf(reader.GetDateTime(column++))
                : reader.GetInt32(column++);
        }

        var ids = new int[_dimensions];
        for (var i = 0; i < ids.Length; i++) ids[i] = reader.GetInt32(column++);
        var key = new GroupKey(bucket, ids);
        if (!Groups.TryGetValue(key, out var group)) Groups.Add(key, group = new Group());
        group.Add(reader.GetInt64(column++), reader.GetInt64(column++), reader.GetInt64(column++));
        for (var i = 0; i < sketches; i++, column++)
        {
            if (!reader.IsDBNull(column)) group.Unite(i, reader.GetFieldValue<byte[]>(column));
        }
    }

    internal static ReportQueryException TooManyRows(int maxRows) => new(
        "dimensions",
        $"The answer would have more than {maxRows} rows. Ask for a shorter range, a coarser granularity, fewer dimensions, "
        + "more filters, or for the top of one dimension.");
}
