using System.Text;
using System.Text.Json;
using Adclicks.Ingestion.Validation;

namespace Adclicks.Ingestion.Bodies;

/// <summary>
/// Reads a click from JSON, member by member, without a document. A member of the wrong type is noted and read over, however deep
/// it is; an unknown one becomes an additional parameter.
/// </summary>
internal static class ClickJson
{
    /// <summary>How bodies are read. What is nested is read over in a loop: how deep it may be follows from how long a click may be.</summary>
    public static readonly JsonReaderOptions Options = new() { MaxDepth = int.MaxValue, CommentHandling = JsonCommentHandling.Disallow };

    private static readonly (byte[] Utf8, string Text)[] _names =
    [
        .. new[]
        {
            "event_id", "timestamp_ms", "ad_id", "campaign_id", "advertiser_id", "publisher_id", "user_id", "ip_address", "user_agent", "click_url", "referrer_url",
            "impression_id", "geo_country", "geo_region", "geo_city", "device_type", "os", "browser", "additional_params", "server_timestamp_ms",
        }.Select(name => (Encoding.UTF8.GetBytes(name), name)),
    ];

    /// <summary>The mark of UTF-8 that some programs write before a text.</summary>
    public static ReadOnlySpan<byte> Mark => "\uFEFF"u8;

    /// <summary>A text without the mark before it.</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> text) => text.StartsWith(Mark) ? text[Mark.Length..] : text;

    /// <summary>One click. What is no JSON object comes back as a click that cannot be read.</summary>
    public static RawClick Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, Options);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) return NoObject(reader.TokenType);
            var click = Read(ref reader);
            return reader.Read() ? throw new JsonException() : click;
        }
        catch (JsonException)
        {
            return RawClick.UnreadableAs("must be a JSON object; is no JSON");
        }
        catch (InvalidOperationException)
        {
            return NoUnicode();
        }
    }

    private static RawClick NoObject(JsonTokenType token) => RawClick.UnreadableAs("must be a JSON object; is " + ClassOf(token));

    /// <summary>Half a surrogate pair, or bytes that are no UTF-8: the reader finds them where the text is asked for.</summary>
    private static RawClick NoUnicode() => RawClick.UnreadableAs("must be Unicode text throughout");

    private static RawClick Read(ref Utf8JsonReader reader)
    {
        var click = new RawClick { NeedsTimestamp = true };
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = NameOf(ref reader);
            reader.Read();
            ReadMember(click, name, ref reader);
        }

        return click;
    }

    private static string NameOf(ref Utf8JsonReader reader)
    {
        foreach (var (utf8, text) in _names)
        {
            if (reader.ValueTextEquals(utf8)) return text;
        }

        return reader.GetString()!;
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
            case "additional_params": ReadParams(click, name, ref reader); break;
            case "server_timestamp_ms": reader.Skip(); break;
            default: AddParam(click, name, ref reader); break;
        }
    }

    private static string Text(RawClick click, string name, ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String) return reader.GetString()!;
        if (reader.TokenType != JsonTokenType.Null) click.AddUnreadable(name, "must be a string; is " + ClassOf(reader.TokenType));
        reader.Skip();
        return "";
    }

    private static long? Number(RawClick click, string name, ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number)) return number;
        if (reader.TokenType != JsonTokenType.Null)
        {
            var found = reader.TokenType == JsonTokenType.Number ? "no whole number, or larger than 64 bits" : ClassOf(reader.TokenType);
            click.AddUnreadable(name, "must be a whole number of Unix milliseconds; is " + found);
        }

        reader.Skip();
        return null;
    }

    private static void ReadParams(RawClick click, string field, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            if (reader.TokenType != JsonTokenType.Null) click.AddUnreadable(field, "must be an object; is " + ClassOf(reader.TokenType));
            reader.Skip();
            return;
        }

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
            case JsonTokenType.Number: click.AddParam(name, Encoding.UTF8.GetString(reader.ValueSpan)); break;
            default:
                click.AddUnreadable(name, "must be a string, a number or a boolean; is " + ClassOf(reader.TokenType), isSendersName: true);
                reader.Skip();
                break;
        }
    }

    private static string ClassOf(JsonTokenType token) => token switch
    {
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a boolean",
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        _ => "null",
    };
}
