using System.Runtime.InteropServices;

namespace Adclicks.Domain.InvalidTraffic;

/// <summary>The times of the clicks remembered, by a key of source and ad: what velocity rules count.</summary>
internal sealed class SourceClicks
{
    /// <summary>The key of clicks that are not counted together.</summary>
    public const ulong None = 0;

    private readonly Dictionary<ulong, SortedTimes> _times = [];

    public void Add(ulong source, long timeMs)
    {
        if (source != None) CollectionsMarshal.GetValueRefOrAddDefault(_times, source, out _).Add(timeMs);
    }

    /// <summary>Takes out what was added.</summary>
    public void Remove(ulong source, long timeMs)
    {
        if (source == None) return;
        ref var times = ref CollectionsMarshal.GetValueRefOrNullRef(_times, source);
        times.Remove(timeMs);
        if (times.Count == 0) _times.Remove(source);
    }

    /// <summary>Whether <paramref name="clicks"/> of a source and one at <paramref name="timeMs"/> lie less than the window apart.</summary>
    public bool HasWithin(ulong source, int clicks, long timeMs, long windowMs) =>
        source != None && _times.TryGetValue(source, out var times) && times.HasWithin(clicks, timeMs, windowMs);
}
