using System.Text;
using Adclicks.EventStore.EventStoreDb.Protos;
using Adclicks.EventStore.Tests.EventStoreDb.Double;
using Adclicks.Support;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Adclicks.EventStore.Tests.EventStoreDb;

/// <summary>
/// The same requests, without the adapter, to the double and to a real server: the answers must be the same, but for
/// ids, times and texts. What the double says is thereby what the server says.
/// </summary>
public sealed class DoubleConformanceTests
{
    private static readonly string[] _trailers =
    [
        "exception", "stream-name", "expected-version", "actual-version", "maximum-append-size", "required-metadata-properties",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_double_answers_as_the_server_does()
    {
        var real = await TranscriptAsync(Servers.RealOrSkip());
        await using var server = await EventStoreDbDouble.StartAsync();
        Assert.Equal(real, await TranscriptAsync(server.ConnectionString));
    }

    private static async Task<string> TranscriptAsync(string connectionString)
    {
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{Servers.PortOf(connectionString)}");
        var client = new Streams.StreamsClient(channel);
        var stream = Servers.NewStream();
        var said = new StringBuilder();
        async Task Say(string what, Func<Task<string>> ask) => said.AppendLine($"{what}: {Normal(await AskAsync(ask), stream)}");

        ProposedMessage[] first = [Message(10), Message(20)];
        await Say("read of nothing", () => ReadAsync(client, stream, o => o.Stream.Start = new Empty()));
        await Say("no stream", () => AppendAsync(client, stream, o => o.NoStream = new Empty(), first));
        await Say("no stream again", () => AppendAsync(client, stream, o => o.NoStream = new Empty(), first));
        await Say("any again", () => AppendAsync(client, stream, o => o.Any = new Empty(), first));
        await Say("a part again", () => AppendAsync(client, stream, o => o.NoStream = new Empty(), [first[0]]));
        await Say("conflict", () => AppendAsync(client, stream, o => o.NoStream = new Empty(), [Message(1)]));
        await Say("wrong revision", () => AppendAsync(client, stream, o => o.Revision = 7, [Message(1)]));
        await Say("right revision", () => AppendAsync(client, stream, o => o.Revision = 1, [Message(1)]));
        await Say("must exist", () => AppendAsync(client, stream + "x", o => o.StreamExists = new Empty(), [Message(1)]));
        await Say("too large", () => AppendAsync(client, stream, o => o.Any = new Empty(), [Message(1024 * 1024 + 1)]));
        await Say("no type", () => AppendAsync(client, stream, o => o.Any = new Empty(), [new ProposedMessage { Id = Id(Guid.NewGuid()) }]));
        await Say("forwards", () => ReadAsync(client, stream, o => o.Stream.Start = new Empty()));
        await Say("from 1, one", () => ReadAsync(client, stream, o => o.Stream.Revision = 1, count: 1));
        await Say("from beyond", () => ReadAsync(client, stream, o => o.Stream.Revision = 99));
        await Say("backwards", () => ReadAsync(client, stream, o => o.Stream.End = new Empty(), backwards: true));
        await Say("subscription", () => SubscribeAsync(client, stream, o => o.Start = new Empty()));
        await Say("subscription after 1", () => SubscribeAsync(client, stream, o => o.Revision = 1));
        await Say("batch", () => BatchAsync(client, stream, o => o.StreamPosition = 2));
        await Say("batch conflict", () => BatchAsync(client, stream, o => o.StreamPosition = 2));
        await Say("batch conflict of nothing", () => BatchAsync(client, stream + "y", o => o.StreamPosition = 2));
        await Say("batch too large", () => BatchAsync(client, stream, o => o.Any = new(), 1024 * 1024 + 1));
        await Say("keep two", () => AppendAsync(client, "$$" + stream, o => o.Any = new Empty(), [Message(0, """{"$maxCount":2}""")]));
        await Say("two of four", () => ReadAsync(client, stream, o => o.Stream.Start = new Empty()));
        await Say("delete at wrong revision", async () => (await client.DeleteAsync(Delete(stream, 9))).ToString());
        await Say("delete", async () => (await client.DeleteAsync(Delete(stream, 3))).ToString());
        await Say("read of deleted", () => ReadAsync(client, stream, o => o.Stream.Start = new Empty()));
        await Say("after delete", () => AppendAsync(client, stream, o => o.Any = new Empty(), [Message(1)]));
        // The server makes the stream visible again with a write of its own that follows.
        await Say("read after delete", () => UntilFoundAsync(() => ReadAsync(client, stream, o => o.Stream.Start = new Empty())));
        await Say("tombstone", async () => (await client.TombstoneAsync(Delete(stream, 4))).ToString());
        await Say("append to tombstone", () => AppendAsync(client, stream, o => o.Any = new Empty(), [Message(1)]));
        await Say("batch to tombstone", () => BatchAsync(client, stream, o => o.Any = new()));
        await Say("read of tombstone", () => ReadAsync(client, stream, o => o.Stream.Start = new Empty()));
        await Say("subscription to tombstone", () => SubscribeAsync(client, stream, o => o.Start = new Empty()));
        return said.ToString();
    }

    private static async Task<string> AskAsync(Func<Task<string>> ask)
    {
        try
        {
            return await ask();
        }
        catch (RpcException e)
        {
            return $"{e.StatusCode} {string.Join(' ', _trailers.Select(t => $"{t}={e.Trailers.GetValue(t)}"))}";
        }
    }

    private static async Task<string> UntilFoundAsync(Func<Task<string>> read)
    {
        var said = "";
        await Eventually.TrueAsync(async () => (said = await read()) != nameof(ReadResponse.ContentOneofCase.StreamNotFound), "There is no such stream.");
        return said;
    }

    private static string Normal(string answer, string stream) => answer.Replace(stream, "STREAM", StringComparison.Ordinal);

    private static async Task<string> AppendAsync(Streams.StreamsClient client, string stream, Action<AppendOptions> expect, ProposedMessage[] messages)
    {
        var options = new AppendOptions { StreamIdentifier = Name(stream) };
        expect(options);
        using var call = client.Append(cancellationToken: Cancellation);
        try
        {
            await call.RequestStream.WriteAsync(new AppendRequest { Options = options }, Cancellation);
            foreach (var message in messages)
                await call.RequestStream.WriteAsync(new AppendRequest { ProposedMessage = message }, Cancellation);
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // It was refused before it was all sent.
        }

        var response = await call.ResponseAsync;
        return response.ResultCase == AppendResponse.ResultOneofCase.Success
            ? $"stored to {response.Success.CurrentRevision}"
            : $"conflict {response.WrongExpectedVersion.CurrentCase} {response.WrongExpectedVersion.CurrentRevision}";
    }

    private static async Task<string> BatchAsync(Streams.StreamsClient client, string stream, Action<BatchOptions> expect, int bytes = 5)
    {
        using var call = client.BatchAppend(cancellationToken: Cancellation);
        var options = new BatchOptions { StreamIdentifier = Name(stream), Deadline = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromSeconds(5)) };
        expect(options);
        var id = Id(Guid.NewGuid());
        await call.RequestStream.WriteAsync(
            new BatchAppendRequest { CorrelationId = id, Options = options, ProposedMessages = { Message(bytes) }, IsFinal = true }, Cancellation);
        await call.ResponseStream.MoveNext(Cancellation);
        var response = call.ResponseStream.Current;
        return response.ResultCase == BatchAppendResponse.ResultOneofCase.Success
            ? $"stored to {response.Success.CurrentRevision}"
            : $"{response.Error.Code} {response.Error.Details.TypeUrl} {response.Error.Details.Value.ToBase64().Length > 0}";
    }

    private static async Task<string> ReadAsync(
        Streams.StreamsClient client, string stream, Action<ReadOptions> from, bool backwards = false, ulong count = 100)
    {
        var options = Options(stream);
        options.Count = count;
        options.Direction = backwards ? ReadOptions.Types.Direction.Backwards : ReadOptions.Types.Direction.Forwards;
        options.ControlOption = new ControlOption { Compatibility = 21 };
        from(options);
        using var call = client.Read(new ReadRequest { Options = options }, cancellationToken: Cancellation);
        return await SayAllAsync(call, int.MaxValue);
    }

    private static async Task<string> SubscribeAsync(Streams.StreamsClient client, string stream, Action<StreamSource> from)
    {
        var options = Options(stream);
        options.Subscription = new SubscriptionExtent();
        from(options.Stream);
        using var call = client.Read(new ReadRequest { Options = options }, cancellationToken: Cancellation);
        return await SayAllAsync(call, 1);
    }

    /// <summary>All answers, up to so many signals of having caught up.</summary>
    private static async Task<string> SayAllAsync(AsyncServerStreamingCall<ReadResponse> call, int caughtUps)
    {
        var said = new List<string>();
        while (caughtUps > 0 && await call.ResponseStream.MoveNext(Cancellation))
        {
            var response = call.ResponseStream.Current;
            if (response.ContentCase == ReadResponse.ContentOneofCase.CaughtUp)
                caughtUps--;
            // The first position is said where paging skipped hidden events, which depends on pages.
            if (response.ContentCase != ReadResponse.ContentOneofCase.FirstStreamPosition)
                said.Add(Say(response));
        }

        return string.Join(", ", said);
    }

    private static string Say(ReadResponse response) => response.ContentCase switch
    {
        ReadResponse.ContentOneofCase.Event => Say(response.Event.Event),
        ReadResponse.ContentOneofCase.LastStreamPosition => $"last {response.LastStreamPosition}",
        _ => response.ContentCase.ToString(),
    };

    private static string Say(RecordedMessage e) =>
        $"{e.StreamRevision} {e.Metadata["type"]} {e.Metadata["content-type"]} {e.Data.Length} {e.CustomMetadata.ToStringUtf8()} {e.Metadata["created"].Length}";

    private static ReadOptions Options(string stream) => new()
    {
        Stream = new StreamSource { StreamIdentifier = Name(stream) },
        NoFilter = new Empty(),
        UuidOption = new UuidOption { Structured = new Empty() },
    };

    private static DeleteRequest Delete(string stream, ulong revision) =>
        new() { Options = new AppendOptions { StreamIdentifier = Name(stream), Revision = revision } };

    private static StreamIdentifier Name(string stream) => new() { StreamName = ByteString.CopyFromUtf8(stream) };

    private static Uuid Id(Guid id) => new() { String = id.ToString() };

    private static ProposedMessage Message(int bytes, string? json = null) => new()
    {
        Id = Id(Guid.NewGuid()),
        Metadata = { ["type"] = json is null ? "tested" : "$metadata", ["content-type"] = json is null ? "application/octet-stream" : "application/json" },
        Data = json is null ? ByteString.CopyFrom(new byte[bytes]) : ByteString.CopyFromUtf8(json),
        CustomMetadata = json is null ? ByteString.CopyFromUtf8("{}") : ByteString.Empty,
    };
}
