using System.Data;
using Adclicks.ReadApi.Planning;
using Adclicks.ReadApi.Queries;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Adclicks.ReadApi.Execution;

/// <summary>Answers questions: plans them, reads the rollups of the active generation and merges what comes back.</summary>
public sealed class ReportReader(
    ReadDatabase database,
    Generations generations,
    DictionaryCache dictionary,
    AnswerCache cache,
    ClosedHours closed,
    IOptions<ReadApiOptions> options,
    TimeProvider time)
{
    private readonly Planner _planner = new(options.Value);

    /// <summary>Answers <paramref name="query"/> for a caller who sees <paramref name="scope"/>.</summary>
    /// <exception cref="ReportQueryException">The query is not answerable, or would cost too much.</exception>
    /// <exception cref="ReportTimeoutException">The database took longer than the time-out.</exception>
    /// <exception cref="ReportUnavailableException">There is no database, or nothing in it yet.</exception>
    public async Task<ReportResult> ReadAsync(ReportQuery query, ReportScope scope, CancellationToken cancellationToken)
    {
        var plan = _planner.Plan(query, scope);
        return await GuardAsync(
            async () =>
            {
                var (generation, cuboids) = await generations.FindAsync(database, cancellationToken);
                var over = plan with { Cuboids = cuboids };
                return await cache.GetAsync(over, scope, generation, stop => ReadAsync(over, generation, stop), cancellationToken);
            },
            cancellationToken);
    }

    internal async Task<T> GuardAsync<T>(Func<Task<T>> read, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        try
        {
            try
            {
                return await read();
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
            {
                // The generation was dropped since its number was read.
                generations.Forget();
                return await read();
            }
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled && !cancellationToken.IsCancellationRequested)
        {
            throw new ReportTimeoutException(options.Value.StatementTimeout, e);
        }
        catch (NpgsqlException e) when (e is not PostgresException || e.IsTransient || Missing(e))
        {
            throw new ReportUnavailableException("The read models cannot be reached.", e);
        }
        finally
        {
            ReadApiMetrics.QuerySeconds.Record(time.GetElapsedTime(started).TotalSeconds);
        }
    }

    private static bool Missing(NpgsqlException e) =>
        e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.InvalidCatalogName;

    /// <summary>
    /// The first day with clicks and the end of the last one, in UTC, as far as the caller sees; null before the first
    /// click.
    /// </summary>
    public Task<(DateTimeOffset From, DateTimeOffset To)?> ExtentAsync(ReportScope scope, CancellationToken cancellationToken) =>
        GuardAsync(async () =>
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            var active = await generations.FindAsync(connection, cancellationToken);
            var filter = scope.Filter is { } own ? (await ResolveAsync([own], connection, cancellationToken))[0] : null;
            var extent = await Extent.ReadAsync(connection, active.Number, Planner.Cheapest(active.Cuboids, scope), filter, cancellationToken);
            return extent is { } days ? (new DateTimeOffset(days.First), new DateTimeOffset(days.Last).AddDays(1)) : default((DateTimeOffset, DateTimeOffset)?);
        }, cancellationToken);

    /// <summary>How far the counts are.</summary>
    public Task<Freshness> FreshnessAsync(CancellationToken cancellationToken) => GuardAsync(
        async () =>
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            var generation = await generations.ActiveAsync(connection, cancellationToken);
            await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Generations.FreshnessCommand(generation) } };
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return new Freshness(generation, Generations.FreshUntil(reader), closed.ClosedThrough);
        },
        cancellationToken);

    /// <summary>All generations, the oldest first.</summary>
    public Task<IReadOnlyList<GenerationInfo>> GenerationsAsync(CancellationToken cancellationToken) => GuardAsync(
        async () =>
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            return await Generations.ListAsync(connection, cancellationToken);
        },
        cancellationToken);

    private async Task<ReportResult> ReadAsync(ReportPlan plan, int generation, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);

        // One state of the tables for all that is read: lanes add and merge runs meanwhile. What is read at once is of one anyway.
        await using var snapshot = Reading.IsAtOnce(plan.Query) ? null : await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var (rows, freshUntil) = await RowsAsync(plan, generation, connection, cancellationToken);
        var builder = new RowBuilder(plan, options.Value.MaxRows);
        if (plan.Query.RankBy is not null) rows = [.. builder.Page(rows).Rows];
        if (Planner.PlanCompared(plan, [.. rows.Select(row => row.Values)]) is { } compared)
            rows = builder.Compare(rows, (await RowsAsync(compared, generation, connection, cancellationToken)).Rows);
        var page = builder.Page(rows);
        return new ReportResult(generation, freshUntil, [.. WithState(page.Rows, plan, freshUntil)], page.HasMore, State(plan.Grid.Boundaries[^1], freshUntil));
    }

    private IEnumerable<ReportRow> WithState(IReadOnlyList<ReportRow> rows, ReportPlan plan, DateTimeOffset? freshUntil)
    {
        var (bucket, state) = (-1, default(BucketState));
        foreach (var row in rows)
        {
            if (row.Bucket != bucket) (bucket, state) = (row.Bucket, State(plan.Grid.Boundaries[row.Bucket + 1], freshUntil));
            yield return row with { State = state };
        }
    }

    private BucketState State(DateTime end, DateTimeOffset? freshUntil) => new(freshUntil >= new DateTimeOffset(end), closed.FinalAt(end));

    private async Task<(ReportRow[] Rows, DateTimeOffset? FreshUntil)> RowsAsync(
        ReportPlan plan, int generation, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var filters = await ResolveAsync(plan.Filters, connection, cancellationToken);
        var reading = new Reading(plan, generation, filters, connection, options.Value);
        await RunAsync(reading, cancellationToken);
        var names = new List<Dictionary<int, string>>();
        for (var i = 0; i < plan.Query.Dimensions.Count; i++)
        {
            var ids = reading.Groups.Keys.Select(key => key.Ids[i]);
            names.Add(await dictionary.ValuesAsync(connection, plan.Query.Dimensions[i], ids, cancellationToken));
        }

        return (new RowBuilder(plan, options.Value.MaxRows).Build(reading.Groups, names), reading.FreshUntil);
    }

    /// <summary>The time-out of the database is for each of its statements; this one is for what is done here as well.</summary>
    private async Task RunAsync(Reading reading, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Value.StatementTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await reading.RunAsync(either.Token);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ReportTimeoutException(options.Value.StatementTimeout, e);
        }
    }

    private async Task<IReadOnlyList<IdFilter>> ResolveAsync(
        IReadOnlyList<ReportFilter> wanted, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var filters = new List<IdFilter>();
        foreach (var filter in wanted)
        {
            var ids = filter.Kind == FilterKind.Prefix
                ? await DictionaryCache.IdsByPrefixAsync(connection, filter.Dimension, filter.Values[0], cancellationToken)
                : await dictionary.IdsAsync(connection, filter.Dimension, filter.Values, cancellationToken);
            filters.Add(new IdFilter(filter.Dimension, filter.Kind != FilterKind.NotIn, ids));
        }

        return filters;
    }
}
