using System.Text.Json;
using Adclicks.Domain.Access;
using Adclicks.Domain.Audit;
using Adclicks.Domain.Reference;

namespace Adclicks.EventStore.Audit;

/// <summary>Takes the events of each stream for the entries of the audit log that they are.</summary>
internal static class AuditSources
{
    /// <summary>Of the stream <c>audit</c>; null for what is no entry.</summary>
    public static AuditEntry? OfAudit(RecordedEvent recorded)
    {
        try
        {
            return recorded.Type == AuditEntry.EventType ? AuditEntry.Read(recorded.Data.Span) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Of the stream <c>reference</c>: changes of items and rules, by whom their metadata say.</summary>
    public static AuditEntry? OfReference(RecordedEvent recorded)
    {
        try
        {
            if (ReferenceEvents.Read(recorded.Type, recorded.Data.Span) is not { } change) return null;
            var (actor, correlationId) = AuthorOf(recorded.Metadata);
            var action = change.Kind == ReferenceKind.Rule ? AuditAction.RuleChanged : AuditAction.ReferenceChanged;
            var kind = change.Kind.ToString().ToLowerInvariant();
            return new(action, $"{kind} {change.Id}", actor, AuditOutcome.Succeeded, correlationId, change.Item is null ? "removed" : "defined");
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Of the stream <c>keys</c>: keys made and revoked, by whom their metadata say.</summary>
    public static AuditEntry? OfKeys(RecordedEvent recorded)
    {
        try
        {
            var (actor, correlationId) = AuthorOf(recorded.Metadata);
            return recorded.Type switch
            {
                KeyEvents.Created => Created(KeyEvents.ReadCreated(recorded.Data.Span)),
                KeyEvents.Revoked => Entry(AuditAction.KeyRevoked, KeyEvents.ReadRevoked(recorded.Data.Span).Id, ""),
                _ => null,
            };

            AuditEntry Created(ApiKey key) => Entry(AuditAction.KeyCreated, key.Id, $"{key.Role} {key.AdvertiserId ?? key.PublisherId}".TrimEnd());
            AuditEntry Entry(AuditAction action, string id, string detail) => new(action, $"key {id}", actor, AuditOutcome.Succeeded, correlationId, detail);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static (AuditActor Actor, string CorrelationId) AuthorOf(ReadOnlyMemory<byte> metadata)
    {
        if (metadata.IsEmpty) return (AuditActor.Nobody, "");
        try
        {
            using var json = JsonDocument.Parse(metadata);
            string Text(string name) => json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
            return (new AuditActor(Text("key_id"), Text("by"), Text("role")), Text("correlation_id"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (AuditActor.Nobody, "");
        }
    }
}
