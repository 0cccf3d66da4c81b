using Adclicks.EventStore.EventStoreDb.Appending;
using Adclicks.EventStore.EventStoreDb.Connection;
using Adclicks.EventStore.EventStoreDb.Projections;
using Adclicks.EventStore.EventStoreDb.Protos;
using Adclicks.EventStore.EventStoreDb.Reading;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Adclicks.EventStore.EventStoreDb;

/// <summary>
/// The log on EventStoreDB 20.6 or later, over its public gRPC protocol. An append without an expected revision that
/// is larger than the server takes at once is cut between its events and is then not one transaction.
/// </summary>
public sealed class EventStoreDbLog : IEventLog
{
    private const int MaxMetadataConflicts = 20;

    private readonly Cluster _cluster;
    private readonly EventStoreDbOptions _options;
    private readonly NodeConnection _leader;
    private readonly NodeConnection _preferred;
    private readonly AppendSender _sender;
    private readonly StreamAppender _appender;
    private readonly EventReader _reader;
    private readonly StreamSubscription _subscription;

    /// <summary>Connects to nothing yet. Throws <see cref="FormatException"/> for a wrong connection string.</summary>
    public EventStoreDbLog(string connectionString, EventStoreDbOptions options, TimeProvider time, ILogger<EventStoreDbLog> log)
    {
        var settings = ConnectionString.Parse(connectionString);
        _options = options;
        _cluster = new Cluster(settings);
        _leader = new NodeConnection(_cluster, NodePreference.Leader, options, time, log);
        _preferred = settings.NodePreference == NodePreference.Leader
            ? _leader
            : new NodeConnection(_cluster, settings.NodePreference, options, time, log);
        _sender = new AppendSender(settings, options, _leader, time);
        _reader = new EventReader(_leader, _preferred, options, time, log);
        _appender = new StreamAppender(_sender, _reader, options, time, log);
        _subscription = new StreamSubscription(_preferred, _reader, options, time, log);
        Projections = new ProjectionClient(_leader);
    }

    /// <summary>The projections that run inside the server.</summary>
    public ProjectionClient Projections { get; }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<AppendResult>> AppendAsync(
        IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken = default)
    {
        if (appends.Count == 1)
            return [await AppendOneAsync(appends[0], cancellationToken)];

        // One after the other within a stream, to keep their order; all streams at once.
        var results = new AppendResult?[appends.Count];
        var streams = Enumerable.Range(0, appends.Count).GroupBy(i => appends[i].Stream, StringComparer.Ordinal);
        var all = Task.WhenAll(streams.Select(async indices =>
        {
            foreach (var i in indices)
                results[i] = await AppendOneAsync(appends[i], cancellationToken);
        }));
        try
        {
            await all;
        }
        catch (Exception e)
        {
            throw PartialAppend.Failure(all, e, RememberStored(appends, results));
        }

        return [.. results.Select(r => r!.Value)];
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> ReadAsync(
        string stream,
        ReadDirection direction,
        long from,
        long maxCount = long.MaxValue,
        CancellationToken cancellationToken = default) =>
        _reader.ReadAsync(stream, direction, from, maxCount, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<SubscriptionMessage> SubscribeAsync(
        string stream, long afterRevision, CancellationToken cancellationToken = default) =>
        _subscription.RunAsync(stream, afterRevision, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> GetLastRevisionAsync(string stream, CancellationToken cancellationToken = default) =>
        _reader.GetLastRevisionAsync(stream, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<StreamMetadata> GetMetadataAsync(string stream, CancellationToken cancellationToken = default) =>
        await LastMetadataAsync(stream, cancellationToken) is { } e ? MetadataJson.Read(e.Data.Span) : StreamMetadata.None;

    /// <inheritdoc/>
    public async ValueTask SetMetadataAsync(string stream, StreamMetadata metadata, CancellationToken cancellationToken = default)
    {
        for (var tries = 0; tries < MaxMetadataConflicts; tries++)
        {
            var before = await LastMetadataAsync(stream, cancellationToken);
            var json = MetadataJson.Write(before is null ? default : before.Data.Span, metadata);
            var append = new EventData(Guid.CreateVersion7(), MetadataJson.EventType, json, default, IsJson: true);
            var result = await this.AppendAsync(
                MetadataJson.StreamOf(stream), ExpectedRevision.After(before?.Revision ?? -1), [append], cancellationToken);
            if (result.Succeeded)
                return;
            if (result.Outcome != AppendOutcome.WrongExpectedRevision)
                throw new EventStoreDbException(new ServerError(ServerErrorKind.AccessDenied, $"metadata of {stream}: {result.Outcome}"));
        }

        throw new EventLogUnavailableException($"The metadata of {stream} changed {MaxMetadataConflicts} times while it was being set.");
    }

    /// <summary>
    /// Deletes a stream. What is appended to it later goes on with the next revision; after a deletion for good
    /// (<paramref name="forGood"/>) nothing ever can be. Answers <see cref="AppendOutcome.Appended"/> when done.
    /// </summary>
    public async ValueTask<AppendOutcome> DeleteStreamAsync(
        string stream, ExpectedRevision expected, bool forGood = false, CancellationToken cancellationToken = default)
    {
        var node = await _leader.GetAsync(cancellationToken);
        var request = new DeleteRequest { Options = UnaryAppend.Options(stream, expected) };
        var call = node.Call(requiresLeader: true, cancellationToken);
        try
        {
            _ = forGood ? await node.Streams.TombstoneAsync(request, call) : await node.Streams.DeleteAsync(request, call);
            return AppendOutcome.Appended;
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var error = ServerError.Of(e);
            Responses.Report(_leader, node, error);
            var attempt = AppendAttempt.Failed(error);
            if (attempt.Refused is { } refused)
                throw new EventStoreDbException(refused, e);
            return attempt.Result?.Outcome
                ?? throw new EventLogUnavailableException($"Deleting {stream} failed: {error.Message}", e, attempt.MayBeStored);
        }
    }

    /// <inheritdoc/>
    public async ValueTask CheckHealthAsync(CancellationToken cancellationToken = default)
    {
        var node = await _leader.GetAsync(cancellationToken);
        try
        {
            var members = await node.GossipAsync(cancellationToken);
            if (members.Any(m => m is { IsAlive: true, State: Member.Types.State.Leader }))
                return;
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Responses.Report(_leader, node, ServerError.Of(e));
            throw new EventLogUnavailableException($"EventStoreDB {node.Endpoint} does not answer: {e.Status.Detail}", e);
        }

        throw new EventLogUnavailableException($"EventStoreDB {node.Endpoint} knows no leader.");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _sender.DisposeAsync();
        _leader.Dispose();
        if (_preferred != _leader)
            _preferred.Dispose();
        _cluster.Dispose();
    }

    private async Task<AppendResult> AppendOneAsync(StreamAppend append, CancellationToken cancellationToken)
    {
        if (AppendSize.Cut(append, _options.MaxAppendBytes) is not { } pieces)
            return new AppendResult(AppendOutcome.TooLarge, _options.MaxAppendBytes);
        AppendResult result = default;
        foreach (var piece in pieces)
        {
            result = await _appender.AppendAsync(piece, cancellationToken);
            if (!result.Succeeded)
                break;
        }

        return result;
    }

    /// <summary>The caller learns nothing of those that were stored, so they are remembered for when they come again.</summary>
    private bool RememberStored(IReadOnlyList<StreamAppend> appends, AppendResult?[] results)
    {
        var some = false;
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i] is not { Succeeded: true } stored)
                continue;
            some = true;
            _appender.RememberStored(appends[i], stored.Revision);
        }

        return some;
    }

    private async ValueTask<RecordedEvent?> LastMetadataAsync(string stream, CancellationToken cancellationToken)
    {
        await foreach (var e in _reader.ReadAsync(
            MetadataJson.StreamOf(stream), ReadDirection.Backwards, StreamPosition.End, 1, cancellationToken))
        {
            return e;
        }

        return null;
    }
}
