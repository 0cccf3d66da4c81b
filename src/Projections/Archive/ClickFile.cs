using System.Text;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Clicks;
using Parquet;
using Parquet.Schema;

namespace Adclicks.Projections.Archive;

/// <summary>
/// The clicks of one entry of the ledger as a Parquet file (zstd), ordered by partition, revision and index. The first ten columns are
/// what the hashes are over; the next is what else a judge must know; the others are read from the message, for those who only want to ask.
/// </summary>
internal static class ClickFile
{
    private const int RowsPerGroup = 100_000;

    private static readonly DataField Partition = new DataField<int>("partition"), Revision = new DataField<long>("revision"), Index = new DataField<int>("index"),
        IsAdjustment = new DataField<bool>("is_adjustment"), ClickedAtMs = new DataField<long>("clicked_at_ms"),
        Advertiser = Text("advertiser_id"), Campaign = Text("campaign_id"), Ad = Text("ad_id"), Verdict = Text("verdict"), Message = new("message", typeof(byte[]), false),
        ReferenceRevision = new DataField<long>("reference_revision"), EventId = Text("event_id");

    private static readonly DataField[] Decoded =
        [Text("publisher_id"), Text("country"), Text("region"), Text("city"), Text("device_type"), Text("os"), Text("browser")];

    private static readonly ParquetSchema Schema = new([Partition, Revision, Index, IsAdjustment, ClickedAtMs, Advertiser, Campaign, Ad, Verdict, Message, ReferenceRevision, EventId, .. Decoded]);

    /// <summary>Writes rows, given in order.</summary>
    public static async Task<byte[]> WriteAsync(LedgerEntry entry, IReadOnlyList<ArchivedClick> rows, CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(Schema, output, ParquetFiles.Options, cancellationToken: cancellationToken))
        {
            writer.CustomMetadata = new Dictionary<string, string>
            {
                ["adclicks.hour"] = BillingHour.Text(entry.Hour),
                ["adclicks.after"] = string.Join(',', entry.After),
                ["adclicks.through"] = string.Join(',', entry.Through),
                ["adclicks.clicks_hash"] = Convert.ToHexStringLower(entry.ClicksHash.Span),
                ["adclicks.adjustments_hash"] = Convert.ToHexStringLower(entry.AdjustmentsHash.Span),
                ["adclicks.entry_hash"] = Convert.ToHexStringLower(entry.Hash.Span),
            };
            foreach (var chunk in rows.Chunk(RowsPerGroup)) await WriteGroupAsync(writer, chunk, cancellationToken);
        }

        return output.ToArray();
    }

    /// <summary>Reads what the hashes are over.</summary>
    public static async Task<IReadOnlyList<ArchivedClick>> ReadAsync(byte[] file, CancellationToken cancellationToken)
    {
        await using var reader = await ParquetReader.CreateAsync(new MemoryStream(file), cancellationToken: cancellationToken);
        var (rows, texts) = (new List<ArchivedClick>(), new TextPool());
        for (var g = 0; g < reader.RowGroupCount; g++)
        {
            using var group = reader.OpenRowGroupReader(g);
            var (partition, revision, index, message) = await ReadAddressesAsync(group, cancellationToken);
            var count = partition.Length;
            var (late, time, columns) = (new bool[count], new long[count], new ReadOnlyMemory<char>[4][]);
            await group.ReadAsync<bool>(IsAdjustment, late, cancellationToken: cancellationToken);
            await group.ReadAsync<long>(ClickedAtMs, time, cancellationToken: cancellationToken);
            foreach (var (field, i) in new[] { Advertiser, Campaign, Ad, Verdict }.Select((f, i) => (f, i)))
                await group.ReadAsync<ReadOnlyMemory<char>>(field, columns[i] = new ReadOnlyMemory<char>[count], cancellationToken: cancellationToken);
            for (var r = 0; r < count; r++)
                rows.Add(new ArchivedClick(partition[r], revision[r], index[r], late[r], time[r], Text(0, r), Text(1, r), Text(2, r), Text(3, r), message[r], -1));

            string Text(int column, int row) => texts.Of(columns[column][row].Span);
        }

        return rows;
    }

    /// <summary>Reads where each click is in the log, and its message.</summary>
    public static async IAsyncEnumerable<(int Partition, long Revision, int Index, ReadOnlyMemory<byte> Message)> ReadMessagesAsync(byte[] file)
    {
        await using var reader = await ParquetReader.CreateAsync(new MemoryStream(file));
        for (var g = 0; g < reader.RowGroupCount; g++)
        {
            using var group = reader.OpenRowGroupReader(g);
            var (partition, revision, index, message) = await ReadAddressesAsync(group, CancellationToken.None);
            for (var r = 0; r < partition.Length; r++) yield return (partition[r], revision[r], index[r], message[r]);
        }
    }

    private static async Task<(int[] Partition, long[] Revision, int[] Index, ReadOnlyMemory<byte>[] Message)> ReadAddressesAsync(ParquetRowGroupReader group, CancellationToken cancellationToken)
    {
        var count = (int)group.RowCount;
        var (partition, revision, index, message) = (new int[count], new long[count], new int[count], new ReadOnlyMemory<byte>[count]);
        await group.ReadAsync<int>(Partition, partition, cancellationToken: cancellationToken);
        await group.ReadAsync<long>(Revision, revision, cancellationToken: cancellationToken);
        await group.ReadAsync<int>(Index, index, cancellationToken: cancellationToken);
        await group.ReadAsync<ReadOnlyMemory<byte>>(Message, message, cancellationToken: cancellationToken);
        return (partition, revision, index, message);
    }

    private static async Task WriteGroupAsync(ParquetWriter writer, ArchivedClick[] rows, CancellationToken cancellationToken)
    {
        using var group = writer.CreateRowGroup();
        await group.WriteAsync<int>(Partition, Array.ConvertAll(rows, r => r.Partition), cancellationToken: cancellationToken);
        await group.WriteAsync<long>(Revision, Array.ConvertAll(rows, r => r.Revision), cancellationToken: cancellationToken);
        await group.WriteAsync<int>(Index, Array.ConvertAll(rows, r => r.Index), cancellationToken: cancellationToken);
        await group.WriteAsync<bool>(IsAdjustment, Array.ConvertAll(rows, r => r.IsAdjustment), cancellationToken: cancellationToken);
        await group.WriteAsync<long>(ClickedAtMs, Array.ConvertAll(rows, r => r.ClickedAtMs), cancellationToken: cancellationToken);
        await WriteTextsAsync(Advertiser, Array.ConvertAll(rows, r => r.AdvertiserId.AsMemory()));
        await WriteTextsAsync(Campaign, Array.ConvertAll(rows, r => r.CampaignId.AsMemory()));
        await WriteTextsAsync(Ad, Array.ConvertAll(rows, r => r.AdId.AsMemory()));
        await WriteTextsAsync(Verdict, Array.ConvertAll(rows, r => r.Verdict.AsMemory()));
        await group.WriteAsync<ReadOnlyMemory<byte>>(Message, Array.ConvertAll(rows, r => r.Message), cancellationToken: cancellationToken);
        await group.WriteAsync<long>(ReferenceRevision, Array.ConvertAll(rows, r => r.ReferenceRevision), cancellationToken: cancellationToken);
        var (ids, columns) = Decode(rows);
        await WriteTextsAsync(EventId, ids);
        for (var c = 0; c < Decoded.Length; c++) await WriteTextsAsync(Decoded[c], columns[c]);
        group.CompleteValidate();

        Task WriteTextsAsync(DataField field, ReadOnlyMemory<char>[] texts) => group.WriteAsync<ReadOnlyMemory<char>>(field, texts, cancellationToken: cancellationToken);
    }

    private static (ReadOnlyMemory<char>[] Ids, ReadOnlyMemory<char>[][] Columns) Decode(ArchivedClick[] rows)
    {
        var texts = new TextPool();
        var ids = new ReadOnlyMemory<char>[rows.Length];
        var columns = Array.ConvertAll(Decoded, _ => new ReadOnlyMemory<char>[rows.Length]);
        for (var r = 0; r < rows.Length; r++)
        {
            var click = ClickView.Parse(rows[r].Message.Span);
            ids[r] = Encoding.UTF8.GetString(click.EventId).AsMemory();
            columns[0][r] = texts.Of(click.PublisherId).AsMemory();
            columns[1][r] = texts.Of(click.Country).AsMemory();
            columns[2][r] = texts.Of(click.Region).AsMemory();
            columns[3][r] = texts.Of(click.City).AsMemory();
            columns[4][r] = texts.Of(click.DeviceType).AsMemory();
            columns[5][r] = texts.Of(click.Os).AsMemory();
            columns[6][r] = texts.Of(click.Browser).AsMemory();
        }

        return (ids, columns);
    }

    private static DataField Text(string name) => new(name, typeof(string), false);
}
