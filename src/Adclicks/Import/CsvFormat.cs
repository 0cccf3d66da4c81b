using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Adclicks.Import;

/// <summary>
/// CSV with a header. Times may be milliseconds since 1970 or ISO 8601. Empty cells are absent fields; columns that are no
/// fields of a click become additional parameters.
/// </summary>
internal sealed class CsvFormat(ColumnMap map) : IRecordFormat
{
    private string[]? _fields;

    /// <inheritdoc/>
    public async ValueTask<ImportRecord?> ReadAsync(LineReader lines, CancellationToken cancellationToken)
    {
        if (_fields is null && await ReadRecordAsync(lines, cancellationToken) is { } header)
        {
            var text = Encoding.UTF8.GetString(header.Bytes.Span).TrimStart('\uFEFF');
            var columns = CsvRecord.Split(text) ?? throw new InvalidDataException("The header is not CSV.");
            _fields = [.. columns.Select(c => map.FieldOf(c.Trim()))];
            foreach (var needed in new[] { "ad_id", "campaign_id" })
            {
                if (!_fields.Contains(needed)) throw new InvalidDataException($"No column is {needed}; name one with --map column={needed}.");
            }
        }

        return await ReadRecordAsync(lines, cancellationToken);
    }

    /// <inheritdoc/>
    public string? Write(in ImportRecord record, Utf8JsonWriter json)
    {
        if (CsvRecord.Split(Encoding.UTF8.GetString(record.Bytes.Span)) is not { } cells) return "not CSV: a quote is not closed, or text follows it";
        if (cells.Count != _fields!.Length) return $"{cells.Count} cells under {_fields.Length} columns";
        json.WriteStartObject();
        if (!cells.Where((cell, i) => _fields[i] == "event_id" && cell.Length > 0).Any()) json.WriteString("event_id", record.EventId());
        for (var i = 0; i < cells.Count; i++)
        {
            if (cells[i].Length == 0) continue;
            if (_fields[i] == "timestamp_ms" && TryTime(cells[i], out var ms)) json.WriteNumber(_fields[i], ms);
            else json.WriteString(_fields[i], cells[i]);
        }

        json.WriteEndObject();
        return null;
    }

    private static async ValueTask<ImportRecord?> ReadRecordAsync(LineReader lines, CancellationToken cancellationToken)
    {
        while (await lines.ReadAsync(cancellationToken) is { } line)
        {
            if (line.Length == 0) continue;
            var first = lines.LineNumber;
            if (!CsvRecord.IsOpen(line.Span)) return new ImportRecord(first, line);
            var record = new List<byte>(line.ToArray());
            while (record.Count <= LineReader.MaxLineBytes && await lines.ReadAsync(cancellationToken) is { } next)
            {
                record.Add((byte)'\n');
                record.AddRange(next.Span);
                if (CsvRecord.IsOpen(next.Span)) break;
            }

            return new ImportRecord(first, record.ToArray());
        }

        return null;
    }

    private static bool TryTime(string text, out long ms)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out ms)) return true;
        var isTime = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
        ms = time.ToUnixTimeMilliseconds();
        return isTime;
    }
}
