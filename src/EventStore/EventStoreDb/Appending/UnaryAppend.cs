using Adclicks.EventStore.EventStoreDb.Connection;
using Adclicks.EventStore.EventStoreDb.Protos;
using Grpc.Core;

namespace Adclicks.EventStore.EventStoreDb.Appending;

/// <summary>An append as a call of its own: what every server can do.</summary>
internal sealed class UnaryAppend(NodeConnection leader)
{
    public async Task<AppendAttempt> SendAsync(Node node, StreamAppend append, CancellationToken cancellationToken)
    {
        try
        {
            using var call = node.Streams.Append(node.Call(requiresLeader: true, cancellationToken));
            await WriteAsync(call.RequestStream, append, cancellationToken);
            return Attempt(await call.ResponseAsync);
        }
        catch (RpcException e)
        {
            var error = ServerError.Of(e);
            if (error is { Kind: ServerErrorKind.NotLeader, Leader: { } other })
                leader.Redirect(node, other);
            else if (error.Kind is ServerErrorKind.Unreachable or ServerErrorKind.NotLeader)
                leader.Lost(node);
            return AppendAttempt.Failed(error);
        }
    }

    private static async Task WriteAsync(IClientStreamWriter<AppendRequest> requests, StreamAppend append, CancellationToken cancellationToken)
    {
        try
        {
            await requests.WriteAsync(new AppendRequest { Options = Options(append) }, cancellationToken);
            foreach (var data in append.Events)
                await requests.WriteAsync(new AppendRequest { ProposedMessage = Wire.Proposed(data) }, cancellationToken);
            await requests.CompleteAsync();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // The server has ended the call; why is in its answer.
        }
    }

    /// <summary>Also for deletes, which are told the same way what to expect.</summary>
    public static AppendOptions Options(string stream, ExpectedRevision expected)
    {
        var options = new AppendOptions { StreamIdentifier = Wire.Stream(stream) };
        if (expected.Value >= 0)
            options.Revision = (ulong)expected.Value;
        else if (expected == ExpectedRevision.NoStream)
            options.NoStream = new Empty();
        else if (expected == ExpectedRevision.StreamExists)
            options.StreamExists = new Empty();
        else
            options.Any = new Empty();
        return options;
    }

    private static AppendOptions Options(StreamAppend append) => Options(append.Stream, append.Expected);

    private static AppendAttempt Attempt(AppendResponse response)
    {
        if (response.ResultCase == AppendResponse.ResultOneofCase.Success)
        {
            return AppendAttempt.Appended(response.Success.CurrentCase == AppendResponse.Types.Success.CurrentOneofCase.CurrentRevision
                ? (long)response.Success.CurrentRevision
                : -1);
        }

        var conflict = response.WrongExpectedVersion;
        var current = conflict.CurrentCase == AppendResponse.Types.Conflict.CurrentOneofCase.CurrentRevision ? (long)conflict.CurrentRevision : -1;
        return AppendAttempt.Failed(new ServerError(ServerErrorKind.WrongExpectedRevision, "", current));
    }
}
