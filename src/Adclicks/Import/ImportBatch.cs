using System.Buffers;
using System.Text.Json;

namespace Adclicks.Import;

/// <summary>Clicks as NDJSON, ready to be sent, and the lines they came from.</summary>
internal sealed class ImportBatch
{
    private readonly ArrayBufferWriter<byte> _body = new(256 * 1024);
    private readonly ArrayBufferWriter<byte> _click = new(4 * 1024);
    private readonly List<long> _lines = new(1_000);

    /// <summary>What is sent.</summary>
    public ReadOnlyMemory<byte> Body => _body.WrittenMemory;

    /// <summary>The line of each click, in order.</summary>
    public IReadOnlyList<long> Lines => _lines;

    /// <summary>Bytes of the file read when it was full.</summary>
    public long BytesRead { get; set; }

    /// <summary>Adds the click of a record; or says why it is none.</summary>
    public string? Add(IRecordFormat format, in ImportRecord record)
    {
        if (record.Bytes.Length > LineReader.MaxLineBytes) return $"longer than {LineReader.MaxLineBytes:N0} bytes";
        _click.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_click))
        {
            if (format.Write(record, json) is { } problem) return problem;
        }

        Take(record.Line);
        return null;
    }

    /// <summary>Adds what is written as the click of a line.</summary>
    public void Add(long line, Action<Utf8JsonWriter> write)
    {
        _click.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_click)) write(json);
        Take(line);
    }

    private void Take(long line)
    {
        _body.Write(_click.WrittenSpan);
        _body.Write("\n"u8);
        _lines.Add(line);
    }
}
