using System.Text.Json;

namespace Adclicks.Import;

/// <summary>One JSON object per line, with the fields of the HTTP API or of others that are mapped to them.</summary>
internal sealed class NdjsonFormat(ColumnMap map) : IRecordFormat
{
    private readonly CombinedFormat _lines = new();

    /// <inheritdoc/>
    public ValueTask<ImportRecord?> ReadAsync(LineReader lines, CancellationToken cancellationToken) => _lines.ReadAsync(lines, cancellationToken);

    /// <inheritdoc/>
    public string? Write(in ImportRecord record, Utf8JsonWriter json)
    {
        try
        {
            using var document = JsonDocument.Parse(record.Bytes);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return "not a JSON object";
            json.WriteStartObject();
            var hasId = false;
            foreach (var member in document.RootElement.EnumerateObject())
            {
                var name = map.FieldOf(member.Name);
                hasId |= name == "event_id" && member.Value.ValueKind == JsonValueKind.String && member.Value.GetString()!.Length > 0;
                if (name == "event_id" && !hasId) continue;
                json.WritePropertyName(name);
                member.Value.WriteTo(json);
            }

            if (!hasId) json.WriteString("event_id", record.EventId());
            json.WriteEndObject();
            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return $"not JSON: {e.Message}";
        }
    }
}
