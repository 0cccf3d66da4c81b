using System.Globalization;
using System.Text;

namespace Adclicks.Domain.Clicks;

/// <summary>The fields of a click as people are shown them: by the names of <c>clicks_recorded.proto</c>, those alone that it has.</summary>
public static class ClickFields
{
    /// <summary>The fields that say something of the visitor as a person, or may.</summary>
    public static IReadOnlyList<string> Personal { get; } =
        ["user_agent", "ip_prefix", "visitor_hash", "ip_hash", "click_url", "referrer_url", "impression_id", "additional_params", "sealed"];

    /// <summary>All fields; of the sealed copy, that there is one, and of which day.</summary>
    public static Dictionary<string, object> Of(in ClickView click)
    {
        var fields = new Dictionary<string, object>
        {
            ["clicked_at"] = Time(click.ClickedAtMs),
            ["received_at"] = Time(click.ServerTimestampMs),
            ["source"] = click.Source.ToString().ToLower(CultureInfo.InvariantCulture),
        };
        if (click.TimestampMs is { } timestampMs) fields["timestamp_ms"] = timestampMs;
        Text("ad_id", click.AdId);
        Text("campaign_id", click.CampaignId);
        Text("advertiser_id", click.AdvertiserId);
        Text("publisher_id", click.PublisherId);
        Text("country", click.Country);
        Text("region", click.Region);
        Text("city", click.City);
        Text("device_type", click.DeviceType);
        Text("os", click.Os);
        Text("browser", click.Browser);
        Text("crawler", click.Crawler);
        Text("ingest_mark", click.IngestMark);
        Text("impression_id", click.ImpressionId);
        Text("user_agent", click.UserAgent);
        Text("click_url", click.ClickUrl);
        Text("referrer_url", click.ReferrerUrl);
        if (Params(click.Encoded) is { Count: > 0 } given) fields["additional_params"] = given;
        if (!click.IpPrefix.IsEmpty) fields["ip_prefix"] = Convert.ToHexStringLower(click.IpPrefix);
        fields["visitor_hash"] = Convert.ToHexStringLower(click.VisitorHash);
        if (!click.IpHash.IsEmpty) fields["ip_hash"] = Convert.ToHexStringLower(click.IpHash);
        if (!click.Sealed.IsEmpty) fields["sealed"] = $"{click.Sealed.Length} bytes, under the key of {DateTime.UnixEpoch.AddDays(Math.Min(click.SealedDay, 2_000_000)):yyyy-MM-dd}";
        return fields;

        void Text(string name, ReadOnlySpan<byte> utf8)
        {
            if (!utf8.IsEmpty) fields[name] = Encoding.UTF8.GetString(utf8);
        }
    }

    private static Dictionary<string, string> Params(ReadOnlySpan<byte> message)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var reader = new WireReader(message);
        while (!reader.AtEnd)
        {
            var field = (ClickField)reader.Tag(out var wireType);
            if (field != ClickField.AdditionalParams || wireType != 2)
            {
                reader.Skip(wireType);
                continue;
            }

            var (name, value) = ("", "");
            var entry = new WireReader(reader.Bytes());
            while (!entry.AtEnd)
            {
                var part = entry.Tag(out var partType);
                if (partType != 2) entry.Skip(partType);
                else if (part == 1) name = Encoding.UTF8.GetString(entry.Bytes());
                else if (part == 2) value = Encoding.UTF8.GetString(entry.Bytes());
                else entry.Skip(partType);
            }

            found[name] = value;
        }

        return found;
    }

    private static DateTimeOffset Time(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs);
}
