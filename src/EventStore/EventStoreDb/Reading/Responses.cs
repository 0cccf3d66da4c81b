using Adclicks.EventStore.EventStoreDb.Connection;
using Adclicks.EventStore.EventStoreDb.Protos;
using Grpc.Core;

namespace Adclicks.EventStore.EventStoreDb.Reading;

/// <summary>What reads and subscriptions do alike with answers and errors.</summary>
internal static class Responses
{
    /// <summary>Moves to the next answer. False at the end, with the error if it was not an orderly one.</summary>
    public static async ValueTask<(bool More, ServerError? Failure)> NextAsync(
        AsyncServerStreamingCall<ReadResponse> call, CancellationToken cancellationToken)
    {
        try
        {
            return (await call.ResponseStream.MoveNext(cancellationToken), null);
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return (false, ServerError.Of(e));
        }
    }

    public static void ThrowIfFinal(ServerError error)
    {
        if (error.Kind is ServerErrorKind.AccessDenied or ServerErrorKind.Invalid or ServerErrorKind.StreamDeleted)
            throw new EventStoreDbException(error);
    }

    /// <summary>Has another node looked for where this one is not up to it.</summary>
    public static void Report(NodeConnection connection, Node node, ServerError error)
    {
        if (error is { Kind: ServerErrorKind.NotLeader, Leader: { } leader })
            connection.Redirect(node, leader);
        else if (error.Kind is ServerErrorKind.Unreachable or ServerErrorKind.NotLeader)
            connection.Lost(node);
    }
}
