using System.Text.Json.Serialization;
using Adclicks.Projections.DeadLetters;

namespace Adclicks.Admin;

/// <summary>An event set aside, in the answers of <c>/admin/deadletters</c>, which <c>adclicks deadletters</c> shows.</summary>
/// <param name="Stream">Its stream.</param>
/// <param name="Revision">Its place there.</param>
/// <param name="EventType">Its type.</param>
/// <param name="Reason">Why it was set aside.</param>
/// <param name="FailedAt">Since when, or when it was last tried.</param>
/// <param name="RetryPending">It is about to be tried again.</param>
/// <param name="Data">The payload as it is in the log, base64; only of a single one.</param>
/// <param name="Metadata">The metadata as they are in the log, base64; only of a single one.</param>
internal sealed record DeadLetterReport(
    [property: JsonPropertyName("stream")] string Stream,
    [property: JsonPropertyName("revision")] long Revision,
    [property: JsonPropertyName("event_type")] string EventType,
    [property: JsonPropertyName("reason")] string Reason,
    [property: JsonPropertyName("failed_at")] DateTimeOffset FailedAt,
    [property: JsonPropertyName("retry_pending")] bool RetryPending,
    [property: JsonPropertyName("data"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] byte[]? Data = null,
    [property: JsonPropertyName("metadata"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] byte[]? Metadata = null)
{
    /// <summary>Without its bytes.</summary>
    public static DeadLetterReport Of(DeadLetterInfo letter) =>
        new(letter.Stream, letter.Revision, letter.EventType, letter.Reason, letter.FailedAt, letter.IsRetried);

    /// <summary>With its bytes.</summary>
    public static DeadLetterReport Of(DeadLetterContent letter) =>
        Of(letter.Info) with { Data = letter.Data.ToArray(), Metadata = letter.Metadata.ToArray() };
}
