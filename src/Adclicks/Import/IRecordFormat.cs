using System.Text.Json;

namespace Adclicks.Import;

/// <summary>Reads the records of one file format and says each as a click of the HTTP API.</summary>
internal interface IRecordFormat
{
    /// <summary>The next record; null at the end.</summary>
    ValueTask<ImportRecord?> ReadAsync(LineReader lines, CancellationToken cancellationToken);

    /// <summary>Writes the record as a JSON object; or says why it is no click; what it then wrote is thrown away.</summary>
    string? Write(in ImportRecord record, Utf8JsonWriter json);
}
