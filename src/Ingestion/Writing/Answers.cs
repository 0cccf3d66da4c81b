using Microsoft.Extensions.ObjectPool;

namespace Adclicks.Ingestion.Writing;

/// <summary>
/// Requests that have their answer, and are let go of by one thread of the pool, one after the other. A commit answers many at
/// once: to wake a thread for each would cost more than what it then does.
/// </summary>
internal sealed class Answers : IThreadPoolWorkItem
{
    /// <summary>So few that the others of a commit are not held up where one of them does not yield.</summary>
    private const int AtATime = 16;

    private const int MaxPooled = 64;
    private static readonly ObjectPool<Answers> _pool = new DefaultObjectPool<Answers>(new DefaultPooledObjectPolicy<Answers>(), MaxPooled);
    private readonly List<(PendingClicks Pending, WriteOutcome Outcome)> _answers = new(AtATime);

    public static Answers Rent() => _pool.Get();

    /// <summary>Adds one; what to add the next to.</summary>
    public Answers Add(PendingClicks pending, WriteOutcome outcome)
    {
        _answers.Add((pending, outcome));
        if (_answers.Count < AtATime) return this;
        Send();
        return Rent();
    }

    /// <summary>Lets go of them.</summary>
    public void Send()
    {
        if (_answers.Count > 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        else _pool.Return(this);
    }

    void IThreadPoolWorkItem.Execute()
    {
        foreach (var (pending, outcome) in _answers) pending.Complete(outcome);
        _answers.Clear();
        _pool.Return(this);
    }
}
