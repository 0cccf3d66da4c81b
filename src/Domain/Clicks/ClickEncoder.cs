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

    private const int Fields = 27;

    /// <summary>Room that the encoding of a click never goes beyond.</summary>
    public static int MaxSize(Click click)
    {
        var characters = click.EventId.Length + click.AdId.Length + click.CampaignId.Length + click.AdvertiserId.Length + click.PublisherId.Length
            + click.Country.Length + click.Region.Length + click.City.Length + click.DeviceType.Length + click.Os.Length + click.Browser.Length
            + click.UserAgent.Length + click.ClickUrl.Length + click.ReferrerUrl.Length + click.ImpressionId.Length + click.Crawler.Length + click.IngestMark.Length;
        foreach (var (key, value) in click.AdditionalParams) characters += key.Length + value.Length + (3 * WireWriter.MaxFieldOverhead);
        return (characters * WireWriter.MaxCharBytes) + click.VisitorHash.Length + click.IpHash.Length + click.IpPrefix.Length + click.Sealed.Length
            + ((Fields + 1) * WireWriter.MaxFieldOverhead);
    }

    /// <summary>Writes the encoding of <paramref name="click"/>; the bytes written.</summary>
    /// <param name="click">The click.</param>
    /// <param name="output">At least <see cref="MaxSize"/>.</param>
    public static int Encode(Click click, Span<byte> output)
    {
        // Written behind a length of two bytes, which nearly all clicks have, and moved where it is another.
        var reserved = WireWriter.TagSize(Clicks) + 2;
        var message = new WireWriter(output[reserved..]);
        WriteMessage(click, ref message);
        var prefix = new WireWriter(output);
        var needed = WireWriter.TagSize(Clicks) + WireWriter.VarintSize((uint)message.Length);
        if (needed != reserved) output.Slice(reserved, message.Length).CopyTo(output[needed..]);
        prefix.LengthPrefix(Clicks, message.Length);
        return needed + message.Length;
    }

    /// <summary>Appends the encoding of <paramref name="click"/> to <paramref name="output"/>.</summary>
    public static void Encode(Click click, IBufferWriter<byte> output) => output.Advance(Encode(click, output.GetSpan(MaxSize(click))));

    /// <summary>The encoding of <paramref name="click"/> in an array of its own.</summary>
    public static byte[] Encode(Click click)
    {
        var scratch = new byte[MaxSize(click)];
        return scratch.AsSpan(0, Encode(click, scratch)).ToArray();
    }

    private static void WriteMessage(Click click, ref WireWriter writer)
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
        foreach (var (key, value) in click.AdditionalParams) WriteParam(key, value, ref writer);
        writer.Bytes(ClickField.Sealed, click.Sealed.Span);
        writer.Number(ClickField.SealedDay, click.SealedDay);
        writer.Text(ClickField.IngestMark, click.IngestMark);
    }

    /// <summary>A map entry is a message of its own: key is field 1, value field 2.</summary>
    private static void WriteParam(string key, string value, ref WireWriter writer)
    {
        const ClickField Key = (ClickField)1;
        const ClickField Value = (ClickField)2;
        writer.LengthPrefix(ClickField.AdditionalParams, WireWriter.TextSize(Key, key) + WireWriter.TextSize(Value, value));
        writer.Text(Key, key);
        writer.Text(Value, value);
    }
}
