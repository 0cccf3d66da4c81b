using Adclicks.Domain.Clicks;

namespace Adclicks.Ingestion.Writing;

/// <summary>One click on its way to the log.</summary>
/// <param name="Partition">Where it goes.</param>
/// <param name="Encoded">As <see cref="Domain.Clicks.ClickEncoder"/> wrote it.</param>
/// <param name="ClickedAtMs">Its time.</param>
/// <param name="Identity">What a retry of it would share; zero where it cannot be told from another.</param>
internal readonly record struct EncodedClick(int Partition, byte[] Encoded, long ClickedAtMs, UInt128 Identity);

/// <summary>The clicks of one request, and whoever waits for them to be durable.</summary>
internal sealed class PendingClicks(EncodedClick[] clicks, ClickSource source, string correlationId, bool maySpill = false)
    : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public EncodedClick[] Clicks { get; } = clicks;

    public ClickSource Source { get; } = source;

    public string CorrelationId { get; } = correlationId;

    /// <summary>Whether they are kept on this machine while the log is down: somebody is sent on and cannot send again.</summary>
    public bool MaySpill { get; } = maySpill;

    /// <summary>That is what happened to them.</summary>
    public bool IsSpilled { get; set; }
}
