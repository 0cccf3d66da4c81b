using Adclicks.EventStore.EventStoreDb.Connection;
using Adclicks.EventStore.EventStoreDb.Protos;
using Adclicks.EventStore.EventStoreDb.Reading;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Empty = Adclicks.EventStore.EventStoreDb.Protos.Empty;

namespace Adclicks.EventStore.EventStoreDb.Projections;

/// <summary>A projection inside the server, as the server tells of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">Such as <c>Running</c>, <c>Stopped</c> or <c>Faulted</c>.</param>
/// <param name="StateReason">Why, where there is something to say.</param>
/// <param name="Mode">Such as <c>Continuous</c>.</param>
/// <param name="ProgressPercent">How far through the log it is.</param>
/// <param name="Position">Where in the log it is.</param>
/// <param name="EventsProcessed">Since it was last started.</param>
public sealed record ProjectionDetails(
    string Name, string Status, string StateReason, string Mode, double ProgressPercent, string Position, long EventsProcessed);

/// <summary>
/// Manages projections inside the server. Throws <see cref="EventLogUnavailableException"/> when it cannot be reached,
/// <see cref="EventStoreDbException"/> when it refuses.
/// </summary>
public sealed class ProjectionClient
{
    private readonly NodeConnection _leader;

    internal ProjectionClient(NodeConnection leader) => _leader = leader;

    /// <summary>Whether the server runs projections at all.</summary>
    public async Task<bool> AreOnAsync(CancellationToken cancellationToken = default) => (await _leader.GetAsync(cancellationToken)).Abilities.Projections;

    /// <summary>All continuous projections, or the one of that name.</summary>
    public Task<IReadOnlyList<ProjectionDetails>> ListAsync(string? name = null, CancellationToken cancellationToken = default) =>
        CallAsync<IReadOnlyList<ProjectionDetails>>(
            async node =>
            {
                var options = new ProjectionStatisticsRequest.Types.Options();
                if (name is null)
                    options.Continuous = new Empty();
                else
                    options.Name = name;
                using var call = node.Projections.Statistics(
                    new ProjectionStatisticsRequest { Options = options }, node.Call(requiresLeader: true, cancellationToken));
                var found = new List<ProjectionDetails>();
                await foreach (var response in call.ResponseStream.ReadAllAsync(cancellationToken))
                    found.Add(Details(response.Details));
                return found;
            },
            cancellationToken);

    /// <summary>Creates a continuous projection and starts it.</summary>
    public Task CreateAsync(string name, string query, bool emit = false, CancellationToken cancellationToken = default) => DoAsync(
        (node, call) => node.Projections.CreateAsync(
            new CreateProjection
            {
                Options = new CreateProjection.Types.Options
                {
                    Query = query,
                    Continuous = new CreateProjection.Types.Continuous { Name = name, EmitEnabled = emit },
                },
            },
            call),
        cancellationToken);

    /// <summary>Replaces the query of a projection; its state stays.</summary>
    public Task UpdateAsync(string name, string query, CancellationToken cancellationToken = default) => DoAsync(
        (node, call) => node.Projections.UpdateAsync(
            new UpdateProjection { Options = new UpdateProjection.Types.Options { Name = name, Query = query, NoEmitOptions = new Empty() } }, call),
        cancellationToken);

    /// <summary>Takes a projection back to the beginning of the log, without its state.</summary>
    public Task ResetAsync(string name, CancellationToken cancellationToken = default) => DoAsync(
        (node, call) => node.Projections.ResetAsync(
            new ResetProjection { Options = new ResetProjection.Types.Options { Name = name, WriteCheckpoint = true } }, call),
        cancellationToken);

    /// <summary>Starts a projection.</summary>
    public Task EnableAsync(string name, CancellationToken cancellationToken = default) => DoAsync(
        (node, call) => node.Projections.EnableAsync(
            new EnableProjection { Options = new EnableProjection.Types.Options { Name = name } }, call),
        cancellationToken);

    /// <summary>Stops a projection, where it is.</summary>
    public Task DisableAsync(string name, CancellationToken cancellationToken = default) => DoAsync(
        (node, call) => node.Projections.DisableAsync(
            new DisableProjection { Options = new DisableProjection.Types.Options { Name = name, WriteCheckpoint = true } }, call),
        cancellationToken);

    /// <summary>Deletes a projection that is stopped, with its state and checkpoints.</summary>
    public Task DeleteAsync(string name, CancellationToken cancellationToken = default) => DoAsync(
        (node, call) => node.Projections.DeleteAsync(
            new DeleteProjection
            {
                Options = new DeleteProjection.Types.Options
                {
                    Name = name, DeleteStateStream = true, DeleteCheckpointStream = true, DeleteEmittedStreams = true,
                },
            },
            call),
        cancellationToken);

    /// <summary>The state of a projection, or of one of its partitions, as JSON; <c>null</c> in JSON where there is none yet.</summary>
    public Task<string> StateAsync(string name, string partition = "", CancellationToken cancellationToken = default) =>
        CallAsync(async node => Json((await node.Projections.StateAsync(Request(name, partition), node.Call(true, cancellationToken))).Value), cancellationToken);

    /// <summary>The result of a projection, or of one of its partitions, as JSON.</summary>
    public Task<string> ResultAsync(string name, string partition = "", CancellationToken cancellationToken = default) =>
        CallAsync(async node => Json((await node.Projections.ResultAsync(Request(name, partition), node.Call(true, cancellationToken))).Value), cancellationToken);

    private static ProjectionStateRequest Request(string name, string partition) =>
        new() { Options = new ProjectionStateRequest.Types.Options { Name = name, Partition = partition } };

    private static string Json(Value? value) => value is null ? "null" : JsonFormatter.Default.Format(value);

    private static ProjectionDetails Details(ProjectionStatisticsResponse.Types.Details d) =>
        new(d.Name, d.Status, d.StateReason, d.Mode, d.Progress, d.Position, d.EventsProcessedAfterRestart);

    private async Task DoAsync(Func<Node, CallOptions, AsyncUnaryCall<ProjectionDone>> call, CancellationToken cancellationToken) =>
        await CallAsync(async node => await call(node, node.Call(requiresLeader: true, cancellationToken)), cancellationToken);

    /// <summary>The server has no status for these: its words are that it expected one message and received another.</summary>
    private static ServerError ErrorOf(RpcException e) => e switch
    {
        { StatusCode: StatusCode.Unknown, Status.Detail: var d } when d.Contains("received NotFound", StringComparison.Ordinal) =>
            new(ServerErrorKind.NotFound, "there is no such projection"),
        { StatusCode: StatusCode.Unknown, Status.Detail: var d } when d.Contains("received Conflict", StringComparison.Ordinal) =>
            new(ServerErrorKind.Invalid, "there is a projection of that name already"),
        { StatusCode: StatusCode.Unknown, Status.Detail: var d } when d.Contains("received OperationFailed", StringComparison.Ordinal) =>
            new(ServerErrorKind.Invalid, "the projection's present state does not allow that; stop it first"),
        _ => ServerError.Of(e),
    };

    private async Task<T> CallAsync<T>(Func<Node, Task<T>> call, CancellationToken cancellationToken)
    {
        var node = await _leader.GetAsync(cancellationToken);
        if (!node.Abilities.Projections)
            throw new EventStoreDbException(new ServerError(ServerErrorKind.NotFound, "projections are off on this server (--run-projections=All)"));
        try
        {
            return await call(node);
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var error = ErrorOf(e);
            Responses.Report(_leader, node, error);
            if (error.Kind is ServerErrorKind.Unreachable or ServerErrorKind.NotLeader or ServerErrorKind.Timeout)
                throw new EventLogUnavailableException($"EventStoreDB {node.Endpoint}: {error.Message}", e);
            throw new EventStoreDbException(error, e);
        }
    }
}
