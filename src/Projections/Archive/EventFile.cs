using Adclicks.EventStore;
using Parquet;
using Parquet.Schema;

namespace Adclicks.Projections.Archive;

/// <summary>An event of the log as a row. Without data, it is made of the messages of its clicks.</summary>
/// <param name="Event">The event; its data is empty where <paramref name="IsOfClicks"/>.</param>
/// <param name="IsOfClicks">The data is the clicks' messages, packed; they are in the files of clicks.</param>
/// <param name="Clicks">Their number.</param>
public sealed record ArchivedEvent(RecordedEvent Event, bool IsOfClicks, int Clicks);

/// <summary>Events of the log as a Parquet file (zstd): all there is to know to write them to another.</summary>
internal static class EventFile
{
    private const int RowsPerGroup = 50_000;

    private static readonly DataField Stream = Text("stream"), Revision = new DataField<long>("revision"), EventId = Text("event_id"), Type = Text("type"),
        CreatedMs = new DataField<long>("created_ms"), Clicks = new DataField<int>("clicks"), Metadata = new("metadata", typeof(byte[]), false), Data = new("data", typeof(byte[]), true);

    private static readonly ParquetSchema Schema = new([Stream, Revision, EventId, Type, CreatedMs, Clicks, Metadata, Data]);

    /// <summary>Writes events.</summary>
    public static async Task<byte[]> WriteAsync(IReadOnlyList<ArchivedEvent> rows, IReadOnlyDictionary<string, string> footer, CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(Schema, output, ParquetFiles.Options, cancellationToken: cancellationToken))
        {
            writer.CustomMetadata = footer;
            foreach (var chunk in rows.Chunk(RowsPerGroup)) await WriteGroupAsync(writer, chunk, cancellationToken);
        }

        return output.ToArray();
    }

    /// <summary>Reads all of them.</summary>
    public static async Task<List<ArchivedEvent>> ReadAsync(byte[] file, CancellationToken cancellationToken)
    {
        await using var reader = await ParquetReader.CreateAsync(new MemoryStream(file), cancellationToken: cancellationToken);
        var rows = new List<ArchivedEvent>();
        for (var g = 0; g < reader.RowGroupCount; g++)
        {
            using var group = reader.OpenRowGroupReader(g);
            var count = (int)group.RowCount;
            var (revision, created, clicks) = (new long[count], new long[count], new int[count]);
            await group.ReadAsync<long>(Revision, revision, cancellationToken: cancellationToken);
            await group.ReadAsync<long>(CreatedMs, created, cancellationToken: cancellationToken);
            await group.ReadAsync<int>(Clicks, clicks, cancellationToken: cancellationToken);
            var (stream, id, type) = (await TextsAsync(group, Stream), await TextsAsync(group, EventId), await TextsAsync(group, Type));
            var (metadata, data) = (new byte[]?[count], new byte[]?[count]);
            await group.ReadAsync(Metadata, metadata.AsMemory(), cancellationToken: cancellationToken);
            await group.ReadAsync(Data, data.AsMemory(), cancellationToken: cancellationToken);
            for (var r = 0; r < count; r++)
            {
                var recorded = new RecordedEvent(stream[r]!, revision[r], Guid.Parse(id[r]!), type[r]!, data[r], metadata[r], DateTimeOffset.FromUnixTimeMilliseconds(created[r]));
                rows.Add(new ArchivedEvent(recorded, IsOfClicks: data[r] is null, clicks[r]));
            }
        }

        return rows;
    }

    private static async Task<string?[]> TextsAsync(ParquetRowGroupReader group, DataField field)
    {
        var texts = new string?[group.RowCount];
        await group.ReadAsync(field, texts.AsMemory());
        return texts;
    }

    private static async Task WriteGroupAsync(ParquetWriter writer, ArchivedEvent[] rows, CancellationToken cancellationToken)
    {
        using var group = writer.CreateRowGroup();
        await group.WriteAsync(Stream, Array.ConvertAll(rows, r => r.Event.Stream));
        await group.WriteAsync<long>(Revision, Array.ConvertAll(rows, r => r.Event.Revision), cancellationToken: cancellationToken);
        await group.WriteAsync(EventId, Array.ConvertAll(rows, r => r.Event.Id.ToString()));
        await group.WriteAsync(Type, Array.ConvertAll(rows, r => r.Event.Type));
        await group.WriteAsync<long>(CreatedMs, Array.ConvertAll(rows, r => r.Event.Created.ToUnixTimeMilliseconds()), cancellationToken: cancellationToken);
        await group.WriteAsync<int>(Clicks, Array.ConvertAll(rows, r => r.Clicks), cancellationToken: cancellationToken);
        await group.WriteAsync(Metadata, Array.ConvertAll(rows, r => r.Event.Metadata.ToArray()));
        await group.WriteAsync(Data, Array.ConvertAll(rows, r => r.IsOfClicks ? null! : r.Event.Data.ToArray()));
        group.CompleteValidate();
    }

    private static DataField Text(string name) => new(name, typeof(string), false);
}
