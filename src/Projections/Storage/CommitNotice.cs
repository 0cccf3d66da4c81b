using System.Globalization;
using Npgsql;

namespace Adclicks.Projections.Storage;

/// <summary>
/// What PostgreSQL tells everyone who listens when counts of clicks are committed: one notification per transaction, with
/// the generation and the minutes that the clicks are from.
/// </summary>
/// <param name="Generation">The number of the generation.</param>
/// <param name="FirstMinute">The first minute, since the Unix epoch, that a click is from.</param>
/// <param name="LastMinute">The last.</param>
public readonly record struct CommitNotice(int Generation, int FirstMinute, int LastMinute)
{
    /// <summary>The channel to listen on.</summary>
    public const string Channel = "adclicks_commits";

    /// <summary>The payload: the three numbers, a space between two.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Generation} {FirstMinute} {LastMinute}");

    /// <summary>Reads a payload; false where it is none.</summary>
    public static bool TryParse(string payload, out CommitNotice notice)
    {
        var numbers = payload.Split(' ');
        var isRead = int.TryParse(numbers[0], CultureInfo.InvariantCulture, out var generation)
            & int.TryParse(numbers.ElementAtOrDefault(1), CultureInfo.InvariantCulture, out var first)
            & int.TryParse(numbers.ElementAtOrDefault(2), CultureInfo.InvariantCulture, out var last);
        notice = new CommitNotice(generation, first, last);
        return isRead;
    }

    /// <summary>Queues the notification for some clicks; PostgreSQL sends it with the commit, or not at all.</summary>
    internal static NpgsqlBatchCommand Command(int generation, ReadOnlySpan<int> minutes)
    {
        var (first, last) = (minutes[0], minutes[0]);
        foreach (var minute in minutes) (first, last) = (Math.Min(first, minute), Math.Max(last, minute));
        return new($"SELECT pg_notify('{Channel}', $1)")
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = new CommitNotice(generation, first, last).ToString() } },
        };
    }
}
