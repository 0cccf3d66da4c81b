namespace Adclicks.EventStore;

/// <summary>One append to one stream: all of its events or none.</summary>
/// <param name="Stream">1 to 200 characters.</param>
/// <param name="Expected">What the stream must be like.</param>
/// <param name="Events">At least one.</param>
public sealed record StreamAppend(string Stream, ExpectedRevision Expected, IReadOnlyList<EventData> Events);

/// <summary>The state a stream must be in for an append to it.</summary>
public readonly record struct ExpectedRevision
{
    private const long AnyValue = -2;
    private const long NoStreamValue = -1;
    private const long StreamExistsValue = -4;

    private ExpectedRevision(long value) => Value = value;

    /// <summary>The revision, or a negative number for the special states.</summary>
    public long Value { get; }

    /// <summary>No expectation.</summary>
    public static ExpectedRevision Any => new(AnyValue);

    /// <summary>The stream has no events.</summary>
    public static ExpectedRevision NoStream => new(NoStreamValue);

    /// <summary>The stream has at least one event.</summary>
    public static ExpectedRevision StreamExists => new(StreamExistsValue);

    /// <summary>The stream's last event has this revision.</summary>
    public static ExpectedRevision Exactly(long revision) =>
        revision >= 0 ? new(revision) : throw new ArgumentOutOfRangeException(nameof(revision), revision, "A revision is 0 or more.");

    /// <summary>Exactly this revision, or no stream for −1: what a reader that knows the last revision expects.</summary>
    public static ExpectedRevision After(long lastRevision) => lastRevision < 0 ? NoStream : Exactly(lastRevision);

    /// <summary>Whether a stream whose last revision is <paramref name="lastRevision"/> (−1 for none) is as expected.</summary>
    public bool IsMetBy(long lastRevision) => Value switch
    {
        AnyValue => true,
        StreamExistsValue => lastRevision >= 0,
        _ => lastRevision == Value,
    };
}

/// <summary>How an append ended.</summary>
public enum AppendOutcome
{
    /// <summary>Durable, at the revisions that end with <see cref="AppendResult.Revision"/>.</summary>
    Appended,

    /// <summary>The stream was not as expected; <see cref="AppendResult.Revision"/> is its last one, −1 for none.</summary>
    WrongExpectedRevision,

    /// <summary>The stream was deleted for good.</summary>
    StreamDeleted,

    /// <summary>The log refused the credentials.</summary>
    AccessDenied,

    /// <summary>Larger than the log takes at once; <see cref="AppendResult.Revision"/> is the limit in bytes.</summary>
    TooLarge,
}

/// <summary>The answer to one append.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Revision">The last revision written, or as <see cref="AppendOutcome"/> says.</param>
public readonly record struct AppendResult(AppendOutcome Outcome, long Revision)
{
    /// <summary>Whether the events are in the log.</summary>
    public bool Succeeded => Outcome == AppendOutcome.Appended;
}
