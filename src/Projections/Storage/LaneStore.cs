using System.Data;
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

    /// <summary>1 while a lane of the generation has runs merged in this process: one at a time, as the rows are in memory.</summary>
    private int _isSettling;

    /// <summary>Half of the time at most, so that a history that has just been built does not take a processor from those who ask.</summary>
    private long _settleFrom = long.MinValue;

    private readonly string _schema = GenerationTables.Schema(generation.Id);
    private readonly DictionaryStore _dictionary = new(dataSource);
    private readonly RollupWriter _rollups = new(GenerationTables.Schema(generation.Id), generation.Shapes);
    private readonly SpanSettler _settler = new(GenerationTables.Schema(generation.Id), generation.Shapes, options, time);

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
        await FenceAsync(connection, lease, freshUntil, Notice(state), cancellationToken);
        var rows = await _rollups.WriteAsync(connection, state, lease, cancellationToken);
        await CheckpointStore.SaveAsync(connection, _schema, state.Partitions.Values, cancellationToken);
        await SegmentStore.SaveAsync(connection, _schema, state.Partitions.Values, cancellationToken);
        await DeadLetterStore.SaveAsync(connection, _schema, state.DeadLetters, time.GetUtcNow(), cancellationToken);
        await DeadLetterStore.DeleteAsync(connection, _schema, state.Retried, cancellationToken);
        VerdictStore.Queue(session, _schema, state.Lane, state.Buffer.Verdicts);
        await session.SaveChangesAsync(cancellationToken);
        return rows;
    }

    /// <summary>
    /// Merges the runs of one span that has come to rest, in a transaction of its own, if one is due; what the lane holds
    /// is not touched. Another lane of the process that is at it goes first.
    /// </summary>
    /// <exception cref="LaneConflictException">The lease is lost.</exception>
    public async Task SettleAsync(Lease lease, LaneState state, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isSettling, 1) == 1) return;
        var started = time.GetTimestamp();
        try
        {
            if (started < _settleFrom) return;
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            if (await _settler.FindAsync(connection, state, cancellationToken) is not var (shape, span)) return;

            // Of one snapshot: retention that detaches the partition meanwhile is not to be seen halfway.
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            await FenceAsync(connection, lease, null, null, cancellationToken);
            if (await _settler.SettleAsync(connection, state, lease, shape, span, cancellationToken)) await transaction.CommitAsync(cancellationToken);
            var ended = time.GetTimestamp();
            _settleFrom = ended + ended - started;
        }
        finally
        {
            Volatile.Write(ref _isSettling, 0);
        }
    }

    private NpgsqlBatchCommand? Notice(LaneState state) =>
        state.Buffer.Clicks > 0 ? CommitNotice.Command(generation.Id, state.Buffer.Columns.Minutes) : null;

    private async Task FenceAsync(
        NpgsqlConnection connection, Lease lease, DateTimeOffset? freshUntil, NpgsqlBatchCommand? notice, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new(Settings));
        var renew = new NpgsqlBatchCommand(LeaseStore.Renew);
        foreach (var parameter in leases.RenewParameters(lease, freshUntil)) renew.Parameters.Add(parameter);
        batch.BatchCommands.Add(renew);
        if (notice is not null) batch.BatchCommands.Add(notice);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        if (renew.RecordsAffected != 1) throw new LaneConflictException("Another process has raised the epoch.");
    }
}
