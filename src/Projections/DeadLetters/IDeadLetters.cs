namespace Adclicks.Projections.DeadLetters;

/// <summary>The events that a generation has set aside: the active one where none is named.</summary>
public interface IDeadLetters
{
    /// <summary>The oldest first, without their bytes.</summary>
    /// <exception cref="InvalidOperationException">There is no such generation.</exception>
    Task<IReadOnlyList<DeadLetterInfo>> ListAsync(int take = 100, int? generation = null, CancellationToken cancellationToken = default);

    /// <summary>Payload and metadata as they are in the log; null where there is no such letter.</summary>
    Task<DeadLetterContent?> ShowAsync(string stream, long revision, int? generation = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Has the owner of the lane apply it after all, as the latest event of its partition. Where that fails, the letter
    /// stays, with the new reason.
    /// </summary>
    /// <returns>Whether there is such a letter.</returns>
    Task<bool> RetryAsync(string stream, long revision, int? generation = null, CancellationToken cancellationToken = default);

    /// <summary>Gives it up for good. The event stays in the log.</summary>
    /// <returns>Whether there was such a letter.</returns>
    Task<bool> DiscardAsync(string stream, long revision, int? generation = null, CancellationToken cancellationToken = default);
}

/// <summary>An event set aside.</summary>
/// <param name="Stream">Its stream.</param>
/// <param name="Revision">Its place there.</param>
/// <param name="EventType">Its type.</param>
/// <param name="Reason">Why.</param>
/// <param name="FailedAt">Since when.</param>
/// <param name="IsRetried">Waits for the owner of its lane.</param>
public sealed record DeadLetterInfo(string Stream, long Revision, string EventType, string Reason, DateTimeOffset FailedAt, bool IsRetried);

/// <summary>One with its bytes.</summary>
public sealed record DeadLetterContent(DeadLetterInfo Info, ReadOnlyMemory<byte> Data, ReadOnlyMemory<byte> Metadata);
