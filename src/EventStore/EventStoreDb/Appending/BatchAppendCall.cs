using System.Collections.Concurrent;
using System.Threading.Channels;
using Adclicks.EventStore.EventStoreDb.Connection;
using Adclicks.EventStore.EventStoreDb.Protos;
using Grpc.Core;

namespace Adclicks.EventStore.EventStoreDb.Appending;

/// <summary>
/// One BatchAppend call to one node: appends go out as they come, several under way at once, answers are matched by
/// their correlation id. The call ends at the first trouble; what was under way then has an unknown outcome.
/// </summary>
internal sealed class BatchAppendCall : IAsyncDisposable
{
    private static readonly WriteOptions _moreFollows = new(WriteFlags.BufferHint);

    private static readonly TimeSpan _lastWordWait = TimeSpan.FromMilliseconds(200);

    private readonly TimeProvider _time;
    private readonly TimeSpan _deadline;
    private readonly CancellationTokenSource _ending = new();
    private readonly AsyncDuplexStreamingCall<BatchAppendRequest, BatchAppendResponse> _call;
    private readonly Channel<Pending> _queue;
    private readonly ConcurrentDictionary<Guid, Pending> _pending = new();
    private readonly ITimer _expiry;
    private readonly Task _running;
    private volatile bool _isOver;
    private bool _hasAnswered;

    /// <param name="node">Where to.</param>
    /// <param name="capacity">The most appends under way at once; the caller keeps to it.</param>
    /// <param name="deadline">How long the server may take for one.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ended">Told why the call ended, unless we ended it.</param>
    public BatchAppendCall(Node node, int capacity, TimeSpan deadline, TimeProvider time, Action<Node, ServerError> ended)
    {
        Node = node;
        _time = time;
        _deadline = deadline;
        _queue = Channel.CreateBounded<Pending>(new BoundedChannelOptions(capacity) { SingleReader = true });
        _call = node.Streams.BatchAppend(node.Stream(requiresLeader: true, _ending.Token));
        // A server answers within its own limit, 2 s by default. One that does not within twice ours is not there.
        _expiry = time.CreateTimer(_ => EndIfExpired(), null, deadline, deadline);
        _running = RunAsync(ended);
    }

    public Node Node { get; }

    /// <summary>Whether it takes no more appends.</summary>
    public bool IsOver => _isOver;

    public Task<AppendAttempt> AppendAsync(StreamAppend append)
    {
        var pending = new Pending(Guid.NewGuid(), append);
        _pending[pending.Id] = pending;
        if (!_queue.Writer.TryWrite(pending) && _pending.TryRemove(pending.Id, out _))
            pending.Answer.TrySetResult(AppendAttempt.NotSent("the connection was lost"));
        return pending.Answer.Task;
    }

    /// <summary>Takes no more appends and ends when those under way are answered.</summary>
    public void Retire()
    {
        _isOver = true;
        _queue.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        Retire();
        await _running;
        _ending.Dispose();
    }

    private async Task RunAsync(Action<Node, ServerError> ended)
    {
        var sending = SendAsync();
        var receiving = ReceiveAsync();
        await Task.WhenAny(sending, receiving);
        // All is sent: the answers still come, but a server may leave a call open that has no more.
        // Sending failed: the server's own word on why is about to be received.
        await Task.WhenAny(receiving, sending.IsCompletedSuccessfully
            ? Task.WhenAll(_pending.Values.Select(p => p.Answer.Task))
            : Task.Delay(_lastWordWait, _time));
        var isOrderly = sending.IsCompletedSuccessfully && _pending.IsEmpty;
        var error = receiving.IsCompleted ? await Outcome(receiving) : null;

        Retire();
        await _ending.CancelAsync();
        error ??= await Outcome(sending);
        await Outcome(receiving);
        await _expiry.DisposeAsync();
        _call.Dispose();
        if (!isOrderly)
            ended(Node, error ?? new ServerError(ServerErrorKind.Unreachable, "the server ended the call"));
        foreach (var id in _pending.Keys)
        {
            if (_pending.TryRemove(id, out var pending))
                pending.Answer.TrySetResult(Abandoned(pending, error));
        }
    }

    /// <summary>A call that was refused as a whole has done nothing.</summary>
    private AppendAttempt Abandoned(Pending pending, ServerError? error) => error switch
    {
        { Kind: ServerErrorKind.AccessDenied } refused when !_hasAnswered => AppendAttempt.Failed(refused),
        _ when pending.SentAt == 0 => AppendAttempt.NotSent(error?.Message ?? "the call has ended"),
        _ => AppendAttempt.Unknown(error?.Message ?? "the call has ended"),
    };

    private async Task SendAsync()
    {
        await foreach (var pending in _queue.Reader.ReadAllAsync(_ending.Token))
        {
            pending.SentAt = _time.GetTimestamp();
            foreach (var frame in BatchFrames.Of(pending.Id, pending.Append, _deadline, Node.Abilities.BatchDeadlineIsDuration, _time.GetUtcNow()))
            {
                _call.RequestStream.WriteOptions = !frame.IsFinal || _queue.Reader.TryPeek(out _) ? _moreFollows : null;
                await _call.RequestStream.WriteAsync(frame, _ending.Token);
            }
        }

        await _call.RequestStream.CompleteAsync();
    }

    private async Task ReceiveAsync()
    {
        while (await _call.ResponseStream.MoveNext(_ending.Token))
        {
            _hasAnswered = true;
            var response = _call.ResponseStream.Current;
            if (!_pending.TryRemove(Wire.Id(response.CorrelationId), out var pending))
                continue;
            pending.Answer.TrySetResult(response.ResultCase == BatchAppendResponse.ResultOneofCase.Success
                ? AppendAttempt.Appended((long)response.Success.CurrentRevision)
                : AppendAttempt.Failed(ServerError.Of(response.Error)));
        }
    }

    private void EndIfExpired()
    {
        var limit = _deadline * 2;
        if (_pending.Values.Any(p => p.SentAt is not 0 and var sentAt && _time.GetElapsedTime(sentAt) > limit))
            _ending.Cancel();
    }

    /// <summary>Why a task of ours ended, or null when it came to its proper end.</summary>
    private static async Task<ServerError?> Outcome(Task task)
    {
        try
        {
            await task;
            return null;
        }
        catch (RpcException e)
        {
            return ServerError.Of(e);
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidOperationException or IOException)
        {
            return new ServerError(ServerErrorKind.Unreachable, "no answer within the deadline");
        }
    }

    private sealed class Pending(Guid id, StreamAppend append)
    {
        private long _sentAt;

        public Guid Id => id;

        public StreamAppend Append => append;

        /// <summary>Set before the first byte may have left; 0 until then.</summary>
        public long SentAt
        {
            get => Volatile.Read(ref _sentAt);
            set => Volatile.Write(ref _sentAt, value);
        }

        public TaskCompletionSource<AppendAttempt> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
