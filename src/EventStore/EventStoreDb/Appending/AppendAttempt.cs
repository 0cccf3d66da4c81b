namespace Adclicks.EventStore.EventStoreDb.Appending;

/// <summary>How one try of an append ended.</summary>
/// <param name="Result">The answer; null when there was none that counts.</param>
/// <param name="MayBeStored">Without an answer: whether the server may have stored it all the same.</param>
/// <param name="Reason">For people.</param>
/// <param name="Refused">Set when the request itself was wrong, so that no retry will help.</param>
internal readonly record struct AppendAttempt(AppendResult? Result, bool MayBeStored, string? Reason, ServerError? Refused = null)
{
    public static AppendAttempt Appended(long revision) => new(new(AppendOutcome.Appended, revision), false, null);

    public static AppendAttempt NotSent(string reason) => new(null, false, reason);

    public static AppendAttempt Unknown(string reason) => new(null, true, reason);

    public static AppendAttempt Failed(ServerError error) => error.Kind switch
    {
        ServerErrorKind.WrongExpectedRevision => Answered(AppendOutcome.WrongExpectedRevision, error.Value),
        ServerErrorKind.StreamDeleted => Answered(AppendOutcome.StreamDeleted, -1),
        ServerErrorKind.AccessDenied => Answered(AppendOutcome.AccessDenied, -1),
        ServerErrorKind.TooLarge => Answered(AppendOutcome.TooLarge, error.Value),
        ServerErrorKind.NotReady => NotSent(error.Message),
        ServerErrorKind.NotLeader => NotSent(error.Message),
        ServerErrorKind.Invalid => new(null, false, error.Message, error),
        _ => Unknown(error.Message),
    };

    private static AppendAttempt Answered(AppendOutcome outcome, long revision) => new(new(outcome, revision), false, null);
}
