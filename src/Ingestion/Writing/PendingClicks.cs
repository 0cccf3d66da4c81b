using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;
using Adclicks.Domain.Clicks;
using Microsoft.Extensions.ObjectPool;

namespace Adclicks.Ingestion.Writing;

/// <summary>
/// The clicks of one request, encoded one behind the other, and whoever waits for them to be durable. Pooled, with its
/// bytes: rented for a request, and given back when the answer is taken. Neither a click nor its wait allocates.
/// </summary>
internal sealed class PendingClicks : IValueTaskSource<WriteOutcome>
{
    private const int MaxPooled = 1_024;
    private const int FirstBytes = 1_024;

    /// <summary>What one in the pool keeps; more goes back where it came from.</summary>
    private const int MaxKeptBytes = 16_384, MaxKeptClicks = 64;

    private static readonly ObjectPool<PendingClicks> _pool = new DefaultObjectPool<PendingClicks>(new DefaultPooledObjectPolicy<PendingClicks>(), MaxPooled);
    private readonly List<EncodedClick> _clicks = [];
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int _length;
    private Headroom? _room;
    private SemaphoreSlim? _turns;
    private bool _hasTurn;
    private long _enteredAt;

    // Continuations run where they are completed: who completes many at once shares them out (see Answers).
    private ManualResetValueTaskSourceCore<WriteOutcome> _done;

    public ReadOnlySpan<EncodedClick> Clicks => CollectionsMarshal.AsSpan(_clicks);

    public ClickSource Source { get; private set; }

    public string CorrelationId { get; private set; } = "";

    /// <summary>Whether they are kept on this machine while the log is down or has no room: somebody is sent on and cannot send again.</summary>
    public bool MaySpill { get; private set; }

    /// <summary>Bytes of all of them.</summary>
    public int Length => _length;

    /// <summary>Whether this is where it has entered.</summary>
    public bool IsIn(Headroom room) => ReferenceEquals(_room, room);

    /// <summary>An empty one. It gives itself back when its wait is over; one that is never waited for is to be abandoned.</summary>
    /// <param name="room">Where it has entered; left with its answer.</param>
    /// <param name="turns">What to wait for before it is read; null for what is read at once.</param>
    /// <param name="source">The way in.</param>
    /// <param name="correlationId">Of the request.</param>
    /// <param name="maySpill">See <see cref="MaySpill"/>.</param>
    public static PendingClicks Rent(Headroom room, SemaphoreSlim? turns, ClickSource source, string correlationId, bool maySpill)
    {
        var pending = _pool.Get();
        (pending._room, pending._turns, pending._enteredAt) = (room, turns, Stopwatch.GetTimestamp());
        (pending.Source, pending.CorrelationId, pending.MaySpill) = (source, correlationId, maySpill);
        return pending;
    }

    /// <summary>Waits for its turn to be read and encoded, where it needs one. It ends when the clicks are handed to the writer.</summary>
    public async ValueTask TakeTurnAsync()
    {
        if (_turns is null) return;
        await _turns.WaitAsync();
        _hasTurn = true;
    }

    /// <summary>Lets the next be read.</summary>
    public void EndTurn()
    {
        if (!_hasTurn) return;
        _hasTurn = false;
        _turns!.Release();
    }

    /// <summary>While its client is waited for, its turn and its room are another's.</summary>
    public void StepOut()
    {
        EndTurn();
        _room!.Leave();
    }

    /// <summary>Is back, whether there is room or not: it was let in already.</summary>
    public ValueTask StepInAsync()
    {
        _room!.Enter();
        _enteredAt = Stopwatch.GetTimestamp();
        return TakeTurnAsync();
    }

    /// <summary>Encodes one more.</summary>
    public void Add(Click click, int partition)
    {
        var room = ClickEncoder.MaxSize(click);
        if (_bytes.Length - _length < room) Grow(room);
        var length = ClickEncoder.Encode(click, _bytes.AsSpan(_length));
        _clicks.Add(new(partition, _length, length, click.ClickedAtMs, RetryMemory.IdentityOf(click)));
        _length += length;
    }

    /// <summary>The encoding of one of them.</summary>
    public ReadOnlySpan<byte> BytesOf(in EncodedClick click) => _bytes.AsSpan(click.Start, click.Length);

    /// <summary>Completes when it is known what became of them. To be awaited once.</summary>
    public ValueTask<WriteOutcome> Outcome() => new(this, _done.Version);

    /// <summary>Lets go of who waits, on this thread.</summary>
    public void Complete(WriteOutcome outcome)
    {
        _room!.Answered(_enteredAt);
        _done.SetResult(outcome);
    }

    /// <summary>For one that nobody waits for.</summary>
    public void Abandon()
    {
        EndTurn();
        _room!.Leave();
        Return();
    }

    WriteOutcome IValueTaskSource<WriteOutcome>.GetResult(short token)
    {
        var outcome = _done.GetResult(token);
        Return();
        return outcome;
    }

    ValueTaskSourceStatus IValueTaskSource<WriteOutcome>.GetStatus(short token) => _done.GetStatus(token);

    void IValueTaskSource<WriteOutcome>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _done.OnCompleted(continuation, state, token, flags);

    private void Return()
    {
        _done.Reset();
        _clicks.Clear();
        if (_clicks.Capacity > MaxKeptClicks) _clicks.Capacity = 0;
        (_length, CorrelationId, _room, _turns) = (0, "", null, null);
        if (_bytes.Length > MaxKeptBytes) Swap(FirstBytes);
        _pool.Return(this);
    }

    private void Grow(int room)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Math.Max(_length + room, 2 * _bytes.Length));
        _bytes.AsSpan(0, _length).CopyTo(bytes);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = bytes;
    }

    private void Swap(int size)
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = ArrayPool<byte>.Shared.Rent(size);
    }
}
