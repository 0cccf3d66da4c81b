using System.Text.Json;
using Adclicks.Ingestion.Validation;

namespace Adclicks.Ingestion.Bodies;

/// <summary>
/// Reads a click from JSON, member by member, without a document. A member of the wrong type is noted and read over; an
/// unknown one becomes an additional parameter.
/// </summary>
internal static class ClickJson
{
    private const int MaxDepth = 8;
    private static readonly JsonReaderOptions _options = new() { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Disallow };

    /// <summary>One click. What is no JSON object comes back as a click that cannot be read.</summary>
    public static RawClick Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, _options);
            reader.Read();
            var click = Read(ref reader);
            return reader.Read() ? throw new JsonException() : click;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Unreadable();
        }
    }

    /// <summary>The clicks of an array.</summary>
    /// <exception cref="JsonException">It is none, or broken beyond telling the clicks apart.</exception>
    public static List<RawClick> ReadArray(ReadOnlySpan<byte> json, int maxClicks)
    {
        var clicks = new List<RawClick>();
        var reader = new Utf8JsonReader(json, _options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) throw new JsonException();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            clicks.Add(ReadElement(ref reader));
            if (clicks.Count > maxClicks) return clicks;
        }

        return reader.Read() ? throw new JsonException() : clicks;
    }

    private static RawClick ReadElement(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.StartObject) return Read(ref reader);
        reader.Skip();
        return Unreadable();
    }

    private static RawClick Unreadable()
    {
        var click = new RawClick();
        click.AddUnreadable(ClickValidator.WholeClick, "must be a JSON object");
        return click;
    }

    private static RawClick Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException();
        var click = new RawClick { NeedsTimestamp = true };
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            ReadMember(click, name, ref reader);
        }

        return click;
    }

    private static void ReadMember(RawClick click, string name, ref Utf8JsonReader reader)
    {
        switch (name)
        {
            case "event_id": click.EventId = Text(click, name, ref reader); break;
            case "timestamp_ms": click.TimestampMs = Number(click, name, ref reader); break;
            case "ad_id": click.AdId = Text(click, name, ref reader); break;
            case "campaign_id": click.CampaignId = Text(click, name, ref reader); break;
            case "advertiser_id": click.AdvertiserId = Text(click, name, ref reader); break;
            case "publisher_id": click.PublisherId = Text(click, name, ref reader); break;
            case "user_id": click.UserId = Text(click, name, ref reader); break;
            case "ip_address": click.IpAddress = Text(click, name, ref reader); break;
            case "user_agent": click.UserAgent = Text(click, name, ref reader); break;
            case "click_url": click.ClickUrl = Text(click, name, ref reader); break;
            case "referrer_url": click.ReferrerUrl = Text(click, name, ref reader); break;
            case "impression_id": click.ImpressionId = Text(click, name, ref reader); break;
            case "geo_country": click.GeoCountry = Text(click, name, ref reader); break;
            case "geo_region": click.GeoRegion = Text(click, name, ref reader); break;
            case "geo_city": click.GeoCity = Text(click, name, ref reader); break;
            case "device_type": click.DeviceType = Text(click, name, ref reader); break;
            case "os": click.Os = Text(click, name, ref reader); break;
            case "browser": click.Browser = Text(click, name, ref reader); break;
            case "additional_params" when reader.TokenType == JsonTokenType.StartObject: ReadParams(click, ref reader); break;
            case "server_timestamp_ms": reader.Skip(); break;
            default: AddParam(click, name, ref reader); break;
        }
    }

    private static string Text(RawClick click, string name, ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String) return reader.GetString()!;
        if (reader.TokenType != JsonTokenType.Null) click.AddUnreadable(name, "must be a string");
        reader.Skip();
        return "";
    }

    private static long? Number(RawClick click, string name, ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number)) return number;
        if (reader.TokenType != JsonTokenType.Null) click.AddUnreadable(name, "must be a whole number of Unix milliseconds");
        reader.Skip();
        return null;
    }

    private static void ReadParams(RawClick click, ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            AddParam(click, name, ref reader);
        }
    }

    private static void AddParam(RawClick click, string name, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String: click.AddParam(name, reader.GetString()!); break;
            case JsonTokenType.Null: break;
            case JsonTokenType.True: click.AddParam(name, "true"); break;
            case JsonTokenType.False: click.AddParam(name, "false"); break;
            case JsonTokenType.Number: click.AddParam(name, System.Text.Encoding.UTF8.GetString(reader.ValueSpan)); break;
            default:
                click.AddUnreadable(name, "must be a string, a number or a boolean");
                reader.Skip();
                break;
        }
    }
}
