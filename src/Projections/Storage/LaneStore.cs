using Adclicks.Domain.Dedup;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.Projections.Aggregation;
using Adclicks.Projections.Engine;
using Adclicks.Projections.Generations;
using Adclicks.Projections.Leases;
using Adclicks.Projections.Retention;
using Adclicks.Projections.Schema;
using Marten;
using Npgsql;

namespace Adclicks.Projections.Storage;

/// <summary>Loads a lane, and stores what it has counted: one transaction for everything, or nothing.</summary>
internal sealed class LaneStore(
    Generation generation,
    IDocumentStore store,
    TimePartitions partitions,
    NpgsqlDataSource dataSource,
    LeaseStore leases,
    ProjectionsOptions options,
    TimeProvider time)
{
    /// <summary>
    /// A commit that is lost in a crash of the database is lost whole, checkpoint included, and done again: it need not
    /// wait for the disk. The planner, which knows nothing of tables this fresh, is to use the keys, and to look at no
    /// partitions but those of the times at hand.
    /// </summary>
    private const string Settings = """
        SELECT set_config('synchronous_commit', 'off', true), set_config('enable_seqscan', 'off', true),
               set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
               set_config('plan_cache_mode', 'force_custom_plan', true)
        """;

    private readonly string _schema = GenerationTables.Schema(generation.Id);
    private readonly DictionaryStore _dictionary = new(dataSource);
    private readonly RollupWriter _rollups = new(GenerationTables.Schema(generation.Id), generation.Shapes);

    /// <summary>The lane as its last commit left it.</summary>
    public async Task<LaneState> LoadAsync(int lane, CancellationToken cancellationToken)
    {
        partitions.Forget();
        var states = generation.PartitionsOf(lane)
            .ToDictionary(p => p, p => new PartitionState(p, StreamNames.Clicks(p), new ClickJudge(generation.Rules.Dedup)));
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await CheckpointStore.LoadAsync(connection, _schema, lane, states, cancellationToken);
        await SegmentStore.LoadAsync(connection, _schema, states, cancellationToken);
        return new LaneState(lane, states, new LaneBuffer(options));
    }

    /// <summary>The dead letters of some streams that are to be tried again; asked twice, it gives them once.</summary>
    public async Task<IReadOnlyList<RecordedEvent>> ClaimRetriesAsync(IEnumerable<string> streams, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await DeadLetterStore.ClaimRetriesAsync(connection, _schema, [.. streams], cancellationToken);
    }

    /// <summary>Stores what the lane holds beyond its last commit. Rows written.</summary>
    /// <param name="lease">Ours; renewed in passing.</param>
    /// <param name="state">After a failure it is void and must be loaded again.</param>
    /// <param name="freshUntil">Every click acknowledged before is in the lane's tables with this commit.</param>
    /// <param name="cancellationToken">Stops before the commit.</param>
    /// <exception cref="LaneConflictException">The lease is lost, or the lane's tables are not as it left them.</exception>
    public async Task<int> CommitAsync(Lease lease, LaneState state, DateTimeOffset? freshUntil, CancellationToken cancellationToken)
    {
        await _dictionary.ResolveAsync(state.Buffer, cancellationToken);
        await partitions.EnsureAsync(state.Buffer.Columns.Days(), cancellationToken);
        await using var session = store.LightweightSession();
        await session.BeginTransactionAsync(cancellationToken);
        var connection = session.Connection;
        await FenceAsync(connection, lease, state, freshUntil, cancellationToken);
        var rows = await _rollups.WriteAsync(connection, state, lease, cancellationToken);
        await CheckpointStore.SaveAsync(connection, _schema, state.Partitions.Values, cancellationToken);
        await SegmentStore.SaveAsync(connection, _schema, state.Partitions.Values, cancellationToken);
        await DeadLetterStore.SaveAsync(connection, _schema, state.DeadLetters, time.GetUtcNow(), cancellationToken);
        await DeadLetterStore.DeleteAsync(connection, _schema, state.Retried, cancellationToken);
        VerdictStore.Queue(session, _schema, state.Lane, state.Buffer.Verdicts);
        await session.SaveChangesAsync(cancellationToken);
        return rows;
    }

    private async Task FenceAsync(
        NpgsqlConnection connection, Lease lease, LaneState state, DateTimeOffset? freshUntil, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new(Settings));
        var renew = new NpgsqlBatchCommand(LeaseStore.Renew);
        foreach (var parameter in leases.RenewParameters(lease, freshUntil)) renew.Parameters.Add(parameter);
        batch.BatchCommands.Add(renew);
        if (state.Buffer.Clicks > 0) batch.BatchCommands.Add(CommitNotice.Command(generation.Id, state.Buffer.Columns.Minutes));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        if (renew.RecordsAffected != 1) throw new LaneConflictException("Another process has raised the epoch.");
    }
}
