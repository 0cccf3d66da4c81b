using System.Buffers;

namespace Adclicks.Domain.Clicks;

/// <summary>
/// Encodes a click as one <c>clicks</c> field of <c>ClicksRecorded</c>: tag, length, message. The payload of a
/// packed event is the concatenation of such encodings, so the writer packs without decoding.
/// </summary>
public static class ClickEncoder
{
    /// <summary>The field <c>clicks</c> of <c>ClicksRecorded</c>, which has the number of <c>event_id</c> in <c>Click</c>.</summary>
    private const ClickField Clicks = (ClickField)1;

    [ThreadStatic] private static ArrayBufferWriter<byte>? _scratch, _output;

    /// <summary>Appends the encoding of <paramref name="click"/> to <paramref name="output"/>.</summary>
    public static void Encode(Click click, IBufferWriter<byte> output)
    {
        var scratch = _scratch ??= new ArrayBufferWriter<byte>(1024);
        scratch.ResetWrittenCount();
        WriteMessage(click, new WireWriter(scratch));
        var writer = new WireWriter(output);
        writer.Bytes(Clicks, scratch.WrittenSpan);
    }

    /// <summary>The encoding of <paramref name="click"/> in an array of its own.</summary>
    public static byte[] Encode(Click click)
    {
        var output = _output ??= new ArrayBufferWriter<byte>(1024);
        output.ResetWrittenCount();
        Encode(click, output);
        return output.WrittenSpan.ToArray();
    }

    private static void WriteMessage(Click click, WireWriter writer)
    {
        writer.Text(ClickField.EventId, click.EventId);
        writer.Number(ClickField.ClickedAtMs, click.ClickedAtMs);
        writer.Number(ClickField.ServerTimestampMs, click.ServerTimestampMs);
        writer.Text(ClickField.AdId, click.AdId);
        writer.Text(ClickField.CampaignId, click.CampaignId);
        writer.Text(ClickField.AdvertiserId, click.AdvertiserId);
        writer.Text(ClickField.PublisherId, click.PublisherId);
        writer.Bytes(ClickField.VisitorHash, click.VisitorHash.Span);
        writer.Bytes(ClickField.IpHash, click.IpHash.Span);
        writer.Text(ClickField.Country, click.Country);
        writer.Text(ClickField.Region, click.Region);
        writer.Text(ClickField.City, click.City);
        writer.Text(ClickField.DeviceType, click.DeviceType);
        writer.Text(ClickField.Os, click.Os);
        writer.Text(ClickField.Browser, click.Browser);
        if (click.TimestampMs is { } timestampMs) writer.NumberOrZero(ClickField.TimestampMs, timestampMs);
        writer.Text(ClickField.UserAgent, click.UserAgent);
        writer.Text(ClickField.ClickUrl, click.ClickUrl);
        writer.Text(ClickField.ReferrerUrl, click.ReferrerUrl);
        writer.Text(ClickField.ImpressionId, click.ImpressionId);
        writer.Bytes(ClickField.IpPrefix, click.IpPrefix.Span);
        writer.Text(ClickField.Crawler, click.Crawler);
        writer.Number(ClickField.Source, (long)click.Source);
        foreach (var (key, value) in click.AdditionalParams) WriteParam(key, value, writer);
        writer.Bytes(ClickField.Sealed, click.Sealed.Span);
        writer.Number(ClickField.SealedDay, click.SealedDay);
        writer.Text(ClickField.IngestMark, click.IngestMark);
    }

    /// <summary>A map entry is a message of its own: key is field 1, value field 2.</summary>
    private static void WriteParam(string key, string value, WireWriter writer)
    {
        const ClickField Key = (ClickField)1;
        const ClickField Value = (ClickField)2;
        writer.LengthPrefix(ClickField.AdditionalParams, WireWriter.TextSize(Key, key) + WireWriter.TextSize(Value, value));
        writer.Text(Key, key);
        writer.Text(Value, value);
    }
}
