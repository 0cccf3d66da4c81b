using System.Text;
using Adclicks.EventStore.EventStoreDb.Protos;
using Grpc.Core;

namespace Adclicks.EventStore.Tests.EventStoreDb.Double;

/// <summary>The Streams service of the double, on the wire as the server speaks it.</summary>
internal sealed class DoubleStreams(DoubleSettings settings, DoubleNode node) : Streams.StreamsBase
{
    public override async Task<AppendResponse> Append(IAsyncStreamReader<AppendRequest> requestStream, ServerCallContext context)
    {
        node.Admit(context, write: true);
        AppendOptions? options = null;
        var messages = new List<ProposedMessage>();
        var size = 0;
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            options ??= request.Options;
            if (request.ContentCase != AppendRequest.ContentOneofCase.ProposedMessage)
                continue;
            if (!request.ProposedMessage.Metadata.ContainsKey("type") || !request.ProposedMessage.Metadata.ContainsKey("content-type"))
                throw DoubleErrors.MissingMetadata();
            size += request.ProposedMessage.Data.Length;
            if (size > settings.MaxAppendBytes)
                throw DoubleErrors.TooLarge(settings.MaxAppendBytes);
            messages.Add(request.ProposedMessage);
        }

        var stream = Name(options!.StreamIdentifier);
        var (outcome, revision) = settings.Store.Append(stream, Expected(options), messages);
        node.Stored(context);
        return outcome switch
        {
            StoreOutcome.Done => new AppendResponse { Success = new() { CurrentRevision = (ulong)revision } },
            StoreOutcome.Deleted => throw DoubleErrors.StreamDeleted(stream),
            _ when revision >= 0 => new AppendResponse { WrongExpectedVersion = new() { CurrentRevision = (ulong)revision } },
            _ => new AppendResponse { WrongExpectedVersion = new() { CurrentNoStream = new Empty() } },
        };
    }

    public override async Task BatchAppend(
        IAsyncStreamReader<BatchAppendRequest> requestStream, IServerStreamWriter<BatchAppendResponse> responseStream, ServerCallContext context)
    {
        if (!settings.BatchAppend)
            throw new RpcException(new Status(StatusCode.Unimplemented, ""));
        node.Admit(context, write: false);
        var open = new Dictionary<Uuid, DoubleBatch>();
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            if (request.Options is not null)
                open[request.CorrelationId] = new DoubleBatch(request.Options);
            if (!open.TryGetValue(request.CorrelationId, out var batch))
                continue;
            batch.Messages.AddRange(request.ProposedMessages);
            if (!request.IsFinal)
                continue;
            open.Remove(request.CorrelationId);
            // A follower that was told to leave writes to the leader ends the whole call.
            node.RequireLeader(context);
            var response = batch.AppendTo(settings);
            node.Stored(context);
            response.CorrelationId = request.CorrelationId;
            await responseStream.WriteAsync(response, context.CancellationToken);
        }
    }

    public override Task<DeleteResponse> Delete(DeleteRequest request, ServerCallContext context) => Delete(request, false, context);

    public override Task<DeleteResponse> Tombstone(DeleteRequest request, ServerCallContext context) => Delete(request, true, context);

    public override async Task Read(ReadRequest request, IServerStreamWriter<ReadResponse> responseStream, ServerCallContext context)
    {
        node.Admit(context, write: false);
        node.RequireLeader(context);
        var read = new DoubleRead(settings, request.Options, responseStream);
        if (request.Options.ExtentCase == ReadOptions.ExtentOneofCase.Subscription)
            await read.SubscribeAsync(context.CancellationToken);
        else
            await read.ReadAsync(context.CancellationToken);
    }

    internal static string Name(StreamIdentifier stream) => Encoding.UTF8.GetString(stream.StreamName.Span);

    private Task<DeleteResponse> Delete(DeleteRequest request, bool forGood, ServerCallContext context)
    {
        node.Admit(context, write: true);
        var stream = Name(request.Options.StreamIdentifier);
        var expected = Expected(request.Options);
        var (outcome, revision) = settings.Store.Delete(stream, expected, forGood);
        return outcome switch
        {
            StoreOutcome.Done => Task.FromResult(new DeleteResponse()),
            StoreOutcome.Deleted => throw DoubleErrors.StreamDeleted(stream),
            _ => throw DoubleErrors.WrongExpectedVersion(stream, expected, revision),
        };
    }

    private static long Expected(AppendOptions options) => options.ExpectedCase switch
    {
        AppendOptions.ExpectedOneofCase.Revision => (long)options.Revision,
        AppendOptions.ExpectedOneofCase.NoStream => DoubleStore.NoStream,
        AppendOptions.ExpectedOneofCase.StreamExists => DoubleStore.StreamExists,
        _ => DoubleStore.Any,
    };
}
