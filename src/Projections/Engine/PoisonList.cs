using System.Collections.Concurrent;
using Adclicks.EventStore;

namespace Adclicks.Projections.Engine;

/// <summary>Events that failed halfway, remembered until the lane meets them again and sets them aside.</summary>
internal sealed class PoisonList
{
    /// <summary>A lane has at most one before it begins anew.</summary>
    private const int MaxEvents = 1_000;

    private readonly ConcurrentDictionary<(string Stream, long Revision), string> _reasons = [];

    public void Add(RecordedEvent recorded, string reason)
    {
        if (_reasons.Count >= MaxEvents) _reasons.Clear();
        _reasons[(recorded.Stream, recorded.Revision)] = reason;
    }

    /// <summary>Why an event is to be set aside, or null.</summary>
    public string? ReasonFor(RecordedEvent recorded) =>
        _reasons.IsEmpty ? null : _reasons.GetValueOrDefault((recorded.Stream, recorded.Revision));
}
