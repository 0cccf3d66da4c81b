using Adclicks.Domain.Rollups;

namespace Adclicks.Projections.Aggregation;

/// <summary>Judged clicks, column by column, in the order in which they came.</summary>
internal sealed class ClickColumns
{
    private const int StartRoom = 1_024, KeptRoom = 1 << 20;
    private int[][] _values = [];
    private int[] _minutes = [];
    private ulong[] _users = [], _ips = [];
    private Outcome[] _outcomes = [];

    public ClickColumns() => MakeRoom(StartRoom);

    /// <summary>What about a click is counted.</summary>
    [Flags]
    public enum Outcome : byte
    {
        Duplicate = 0,
        Counted = 1,
        Fraudulent = 2,
        HasIp = 4,
    }

    public int Count { get; private set; }

    /// <summary>Since the Unix epoch.</summary>
    public ReadOnlySpan<int> Minutes => _minutes.AsSpan(0, Count);

    public ReadOnlySpan<ulong> Users => _users;

    public ReadOnlySpan<ulong> Ips => _ips;

    public ReadOnlySpan<Outcome> Outcomes => _outcomes;

    /// <summary>By dimension, then by click: numbers of the lane, and after <see cref="Resolve"/> ids of the dictionary.</summary>
    public ReadOnlySpan<int> Values(int dimension) => _values[dimension].AsSpan(0, Count);

    public void Add(in ClickFacts click)
    {
        if (Count == _minutes.Length) MakeRoom(Count * 2);
        var i = Count++;
        _minutes[i] = click.Minute;
        _users[i] = click.User;
        _ips[i] = click.Ip ?? 0;
        _outcomes[i] = (click.IsCounted ? Outcome.Counted : 0) | (click.IsFraudulent ? Outcome.Fraudulent : 0) | (click.Ip is null ? 0 : Outcome.HasIp);
        for (var d = 0; d < _values.Length; d++) _values[d][i] = click.Values[d];
    }

    /// <summary>Puts the ids of the dictionary in place of the lane's numbers; once, before they are written.</summary>
    public void Resolve(LocalDictionary[] dictionaries)
    {
        for (var d = 0; d < _values.Length; d++)
        {
            var ids = dictionaries[d].GlobalIds;
            foreach (ref var value in _values[d].AsSpan(0, Count)) value = ids[value];
        }
    }

    /// <summary>The days that the clicks are of, UTC.</summary>
    public IReadOnlyCollection<DateTime> Days()
    {
        const int DayMinutes = 1_440;
        var days = new HashSet<int>();
        var last = -1;
        foreach (var minute in Minutes)
        {
            var day = minute / DayMinutes;
            if (day == last) continue;
            days.Add(day);
            last = day;
        }

        return [.. days.Select(day => DateTime.UnixEpoch.AddDays(day))];
    }

    public void Clear()
    {
        Count = 0;
        if (_minutes.Length <= KeptRoom) return;
        _values = [];
        _minutes = [];
        _users = _ips = [];
        _outcomes = [];
        MakeRoom(StartRoom);
    }

    private void MakeRoom(int room)
    {
        if (_values.Length == 0) _values = [.. Dimensions.All.Select(_ => Array.Empty<int>())];
        foreach (ref var column in _values.AsSpan()) Array.Resize(ref column, room);
        Array.Resize(ref _minutes, room);
        Array.Resize(ref _users, room);
        Array.Resize(ref _ips, room);
        Array.Resize(ref _outcomes, room);
    }
}
