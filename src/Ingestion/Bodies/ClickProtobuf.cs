using Adclicks.Ingestion.Bodies.Generated;
using Adclicks.Ingestion.Validation;
using Google.Protobuf;

namespace Adclicks.Ingestion.Bodies;

/// <summary>Reads a click from Protobuf: a <c>ClickEvent</c> of <c>click_events.proto</c>.</summary>
internal static class ClickProtobuf
{
    private const string SchemaResource = "click_events.proto";

    /// <summary>The schema, as text.</summary>
    public static byte[] Schema { get; } = ReadSchema();

    /// <summary>One click. What is no such message comes back as a click that cannot be read.</summary>
    public static RawClick Read(ReadOnlySpan<byte> message)
    {
        try
        {
            return Read(ClickEvent.Parser.ParseFrom(message));
        }
        catch (InvalidProtocolBufferException)
        {
            return RawClick.UnreadableAs("must be a ClickEvent message");
        }
    }

    private static RawClick Read(ClickEvent sent)
    {
        var click = new RawClick
        {
            NeedsTimestamp = true,
            EventId = sent.EventId,
            TimestampMs = sent.HasTimestampMs ? sent.TimestampMs : null,
            AdId = sent.AdId,
            CampaignId = sent.CampaignId,
            AdvertiserId = sent.AdvertiserId,
            PublisherId = sent.PublisherId,
            UserId = sent.UserId,
            IpAddress = sent.IpAddress,
            UserAgent = sent.UserAgent,
            ClickUrl = sent.ClickUrl,
            ReferrerUrl = sent.ReferrerUrl,
            ImpressionId = sent.ImpressionId,
            GeoCountry = sent.GeoCountry,
            GeoRegion = sent.GeoRegion,
            GeoCity = sent.GeoCity,
            DeviceType = sent.DeviceType,
            Os = sent.Os,
            Browser = sent.Browser,
        };
        foreach (var (key, value) in sent.AdditionalParams) click.AddParam(key, value);
        return click;
    }

    private static byte[] ReadSchema()
    {
        using var stream = typeof(ClickProtobuf).Assembly.GetManifestResourceStream(SchemaResource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
