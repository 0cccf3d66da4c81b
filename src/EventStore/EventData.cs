namespace Adclicks.EventStore;

/// <summary>An event to append.</summary>
/// <param name="Id">Makes the append idempotent.</param>
/// <param name="Type">Its stable type name.</param>
/// <param name="Data">The payload.</param>
/// <param name="Metadata">JSON, or empty.</param>
/// <param name="IsJson">Whether the payload is JSON (shown as such by the log's own tools).</param>
public sealed record EventData(
    Guid Id,
    string Type,
    ReadOnlyMemory<byte> Data,
    ReadOnlyMemory<byte> Metadata,
    bool IsJson = false);

/// <summary>An event as the log has it.</summary>
/// <param name="Stream">Its stream.</param>
/// <param name="Revision">Its place there, from 0.</param>
/// <param name="Id">As appended.</param>
/// <param name="Type">As appended.</param>
/// <param name="Data">As appended.</param>
/// <param name="Metadata">As appended.</param>
/// <param name="Created">When the log took it, by the log's clock.</param>
public sealed record RecordedEvent(
    string Stream,
    long Revision,
    Guid Id,
    string Type,
    ReadOnlyMemory<byte> Data,
    ReadOnlyMemory<byte> Metadata,
    DateTimeOffset Created);
