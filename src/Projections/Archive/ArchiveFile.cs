using System.Text;
using Adclicks.Domain.Billing;
using Adclicks.Domain.Clicks;
using Parquet;
using Parquet.Schema;

namespace Adclicks.Projections.Archive;

/// <summary>
/// The clicks of one entry of the ledger as a Parquet file (zstd), ordered by partition, revision and index. The first ten columns are
/// what the hashes are over; the others are read from the message, for those who only want to ask questions.
/// </summary>
internal static class ArchiveFile
{
    private const int RowsPerGroup = 100_000;

    private static readonly DataField Partition = new DataField<int>("partition"), Revision = new DataField<long>("revision"), Index = new DataField<int>("index"),
        IsAdjustment = new DataField<bool>("is_adjustment"), ClickedAtMs = new DataField<long>("clicked_at_ms"),
        Advertiser = new DataField("advertiser_id", typeof(string), false), Campaign = new DataField("campaign_id", typeof(string), false), Ad = new DataField("ad_id", typeof(string), false),
        Verdict = new DataField("verdict", typeof(string), false), Message = new DataField("message", typeof(byte[]), false);

    private static readonly (DataField Field, Func<Click, string> Value)[] Decoded =
    [
        .. new (string, Func<Click, string>)[]
        {
            ("event_id", c => c.EventId), ("publisher_id", c => c.PublisherId), ("country", c => c.Country), ("region", c => c.Region), ("city", c => c.City),
            ("device_type", c => c.DeviceType), ("os", c => c.Os), ("browser", c => c.Browser),
        }.Select(d => (new DataField(d.Item1, typeof(string), false), d.Item2)),
    ];

    private static readonly ParquetSchema Schema = new([Partition, Revision, Index, IsAdjustment, ClickedAtMs, Advertiser, Campaign, Ad, Verdict, Message, .. Decoded.Select(d => d.Field)]);

    /// <summary>Writes rows, given in order, to a stream that can seek.</summary>
    public static async Task WriteAsync(Stream output, LedgerEntry entry, IReadOnlyList<ArchivedClick> rows, CancellationToken cancellationToken)
    {
        await using var writer = await ParquetWriter.CreateAsync(Schema, output, new ParquetOptions { CompressionMethod = CompressionMethod.Zstd, CompressionLevel = System.IO.Compression.CompressionLevel.Fastest }, cancellationToken: cancellationToken);
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

    /// <summary>Reads all rows.</summary>
    public static async Task<IReadOnlyList<ArchivedClick>> ReadAsync(Stream input, CancellationToken cancellationToken)
    {
        await using var reader = await ParquetReader.CreateAsync(input, cancellationToken: cancellationToken);
        var rows = new List<ArchivedClick>();
        for (var g = 0; g < reader.RowGroupCount; g++)
        {
            using var group = reader.OpenRowGroupReader(g);
            var count = (int)group.RowCount;
            var (partition, revision, index, late, time) = (new int[count], new long[count], new int[count], new bool[count], new long[count]);
            await group.ReadAsync<int>(Partition, partition, cancellationToken: cancellationToken);
            await group.ReadAsync<long>(Revision, revision, cancellationToken: cancellationToken);
            await group.ReadAsync<int>(Index, index, cancellationToken: cancellationToken);
            await group.ReadAsync<bool>(IsAdjustment, late, cancellationToken: cancellationToken);
            await group.ReadAsync<long>(ClickedAtMs, time, cancellationToken: cancellationToken);
            var texts = new string?[4][];
            foreach (var (field, i) in new[] { Advertiser, Campaign, Ad, Verdict }.Select((f, i) => (f, i)))
            {
                texts[i] = new string?[count];
                await group.ReadAsync(field, texts[i].AsMemory(), cancellationToken: cancellationToken);
            }

            var messages = new byte[]?[count];
            await group.ReadAsync(Message, messages.AsMemory(), cancellationToken: cancellationToken);
            for (var r = 0; r < count; r++)
                rows.Add(new ArchivedClick(partition[r], revision[r], index[r], late[r], time[r], texts[0][r] ?? "", texts[1][r] ?? "", texts[2][r] ?? "", texts[3][r] ?? "", messages[r] ?? []));
        }

        return rows;
    }

    private static async Task WriteGroupAsync(ParquetWriter writer, ArchivedClick[] rows, CancellationToken cancellationToken)
    {
        using var group = writer.CreateRowGroup();
        await group.WriteAsync<int>(Partition, Array.ConvertAll(rows, r => r.Partition), cancellationToken: cancellationToken);
        await group.WriteAsync<long>(Revision, Array.ConvertAll(rows, r => r.Revision), cancellationToken: cancellationToken);
        await group.WriteAsync<int>(Index, Array.ConvertAll(rows, r => r.Index), cancellationToken: cancellationToken);
        await group.WriteAsync<bool>(IsAdjustment, Array.ConvertAll(rows, r => r.IsAdjustment), cancellationToken: cancellationToken);
        await group.WriteAsync<long>(ClickedAtMs, Array.ConvertAll(rows, r => r.ClickedAtMs), cancellationToken: cancellationToken);
        await group.WriteAsync(Advertiser, Array.ConvertAll(rows, r => r.AdvertiserId));
        await group.WriteAsync(Campaign, Array.ConvertAll(rows, r => r.CampaignId));
        await group.WriteAsync(Ad, Array.ConvertAll(rows, r => r.AdId));
        await group.WriteAsync(Verdict, Array.ConvertAll(rows, r => r.Verdict));
        await group.WriteAsync(Message, Array.ConvertAll(rows, r => r.Message));
        var clicks = Array.ConvertAll(rows, r => Decode(r.Message));
        foreach (var (field, value) in Decoded) await group.WriteAsync(field, Array.ConvertAll(clicks, c => value(c)));
        group.CompleteValidate();
    }

    private static Click Decode(byte[] message)
    {
        var view = ClickView.Parse(message);
        return new Click
        {
            EventId = Encoding.UTF8.GetString(view.EventId), ClickedAtMs = view.ClickedAtMs, ServerTimestampMs = view.ServerTimestampMs, AdId = Encoding.UTF8.GetString(view.AdId),
            PublisherId = Encoding.UTF8.GetString(view.PublisherId), Country = Encoding.UTF8.GetString(view.Country), Region = Encoding.UTF8.GetString(view.Region),
            City = Encoding.UTF8.GetString(view.City), DeviceType = Encoding.UTF8.GetString(view.DeviceType), Os = Encoding.UTF8.GetString(view.Os), Browser = Encoding.UTF8.GetString(view.Browser),
        };
    }
}
