using Adclicks.Domain.Reference;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Marten;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Adclicks.Projections.Reference;

/// <summary>
/// Follows the stream <c>reference</c> into Marten documents. Documents and checkpoint are written in one transaction,
/// which holds the checkpoint's row and goes on only where it is what this process last knew: any number of processes
/// may run it, and every event is applied once.
/// </summary>
public sealed class ReferenceProjector(IEventLog log, NpgsqlDataSource dataSource, TimeProvider time, ILogger<ReferenceProjector> logger) : BackgroundService
{
    private const int MaxBatch = 500;
    private static readonly TimeSpan _retry = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var store = ReferenceDocuments.Store(dataSource);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
                await FollowAsync(store, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // Also what Marten makes of two processes that create the same tables at once.
                logger.ReferenceDocumentsStopped(e);
                await Task.Delay(_retry, time, stoppingToken);
            }
        }
    }

    /// <summary>Returns when another process has written: the caller begins again from what is there.</summary>
    private async Task FollowAsync(DocumentStore store, CancellationToken cancellationToken)
    {
        var checkpoint = await ReadCheckpointAsync(cancellationToken);
        var batch = new List<RecordedEvent>();
        var isLive = false;
        await foreach (var message in log.SubscribeAsync(StreamNames.Reference, checkpoint, cancellationToken))
        {
            if (message.Event is { } recorded) batch.Add(recorded);

            // Once live, a log need not say after each event that it was the last.
            isLive |= message.IsCaughtUp;
            if (batch.Count == 0 || (!isLive && batch.Count < MaxBatch)) continue;
            if (!await WriteAsync(store, checkpoint, batch, cancellationToken)) return;
            checkpoint = batch[^1].Revision;
            batch.Clear();
        }
    }

    private async Task<bool> WriteAsync(DocumentStore store, long expected, List<RecordedEvent> batch, CancellationToken cancellationToken)
    {
        await using var session = store.LightweightSession();
        await session.BeginTransactionAsync(cancellationToken);
        if (!await AdvanceAsync(session.Connection!, expected, batch[^1].Revision, cancellationToken)) return false;

        // Only the last state of each item is seen by anyone, and Marten does not promise an order among its operations.
        var last = new Dictionary<(ReferenceKind, string), (ReferenceChange Change, long Revision)>();
        foreach (var recorded in batch)
        {
            if (Read(recorded) is { } change) last[(change.Kind, change.Id)] = (change, recorded.Revision);
        }

        foreach (var (change, revision) in last.Values) Apply(session, change, revision);
        await session.SaveChangesAsync(cancellationToken);
        return true;
    }

    private ReferenceChange? Read(RecordedEvent recorded)
    {
        try
        {
            var change = ReferenceEvents.Read(recorded.Type, recorded.Data.Span);

            // PostgreSQL keeps no U+0000. Our own commands refuse it.
            if (change is null || !HasNul(recorded.Data.Span)) return change;
            throw new FormatException("It contains U+0000.");
        }
        catch (FormatException e)
        {
            logger.ReferenceDocumentSkipped(recorded.Revision, e.Message);
            return null;
        }
    }

    private static bool HasNul(ReadOnlySpan<byte> json) => json.IndexOf("\\u0000"u8) >= 0;

    private static void Apply(IDocumentSession session, ReferenceChange change, long revision)
    {
        switch (change.Kind)
        {
            case ReferenceKind.Advertiser: Apply<Advertiser>(session, change, revision); break;
            case ReferenceKind.Campaign: Apply<Campaign>(session, change, revision); break;
            case ReferenceKind.Ad: Apply<Ad>(session, change, revision); break;
            case ReferenceKind.Publisher: Apply<Publisher>(session, change, revision); break;
            case ReferenceKind.Rule: Apply<Rule>(session, change, revision); break;
        }
    }

    private static void Apply<TItem>(IDocumentSession session, ReferenceChange change, long revision) where TItem : ReferenceItem
    {
        var key = ReferenceDocuments.KeyOf(change.Id);
        if (change.Item is null) session.Delete<ItemDocument<TItem>>(key);
        else session.Store(new ItemDocument<TItem> { Id = key, Revision = revision, Item = (TItem)change.Item });
    }

    private async Task<long> ReadCheckpointAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"SELECT revision FROM {ReferenceDocuments.Schema}.{ReferenceDocuments.CheckpointTable} WHERE stream = $1");
        command.Parameters.Add(new() { Value = StreamNames.Reference });
        return await command.ExecuteScalarAsync(cancellationToken) as long? ?? -1;
    }

    /// <summary>Moves the checkpoint if it is still where it was; the row is then ours until the transaction ends.</summary>
    private static async Task<bool> AdvanceAsync(NpgsqlConnection connection, long expected, long next, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = expected < 0
            ? $"INSERT INTO {ReferenceDocuments.Schema}.{ReferenceDocuments.CheckpointTable} (stream, revision) VALUES ($1, $2) ON CONFLICT DO NOTHING"
            : $"UPDATE {ReferenceDocuments.Schema}.{ReferenceDocuments.CheckpointTable} SET revision = $2 WHERE stream = $1 AND revision = $3";
        command.Parameters.Add(new() { Value = StreamNames.Reference });
        command.Parameters.Add(new() { Value = next });
        if (expected >= 0) command.Parameters.Add(new() { Value = expected });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }
}
