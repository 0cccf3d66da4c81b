namespace Adclicks.Ingestion.Validation;

/// <summary>A click as a client sent it, before anything is known to be right. Absent text is empty.</summary>
internal sealed class RawClick
{
    public string EventId { get; set; } = "";

    /// <summary>Unix milliseconds.</summary>
    public long? TimestampMs { get; set; }

    public string AdId { get; set; } = "";

    public string CampaignId { get; set; } = "";

    public string AdvertiserId { get; set; } = "";

    public string PublisherId { get; set; } = "";

    public string UserId { get; set; } = "";

    public string IpAddress { get; set; } = "";

    public string UserAgent { get; set; } = "";

    public string ClickUrl { get; set; } = "";

    public string ReferrerUrl { get; set; } = "";

    public string ImpressionId { get; set; } = "";

    public string GeoCountry { get; set; } = "";

    public string GeoRegion { get; set; } = "";

    public string GeoCity { get; set; } = "";

    public string DeviceType { get; set; } = "";

    public string Os { get; set; } = "";

    public string Browser { get; set; } = "";

    /// <summary>Whatever else came; null for nothing.</summary>
    public List<KeyValuePair<string, string>>? AdditionalParams { get; set; }

    /// <summary>Fields that could not be read at all: of the wrong type, or no field but the whole line.</summary>
    public List<FieldError>? Unreadable { get; set; }

    /// <summary>Whether the way it came in asks for a time of its own.</summary>
    public bool NeedsTimestamp { get; init; }

    public void AddParam(string key, string value) => (AdditionalParams ??= []).Add(new(key, value));

    public void AddUnreadable(string field, string problem) => (Unreadable ??= []).Add(new(field, problem));
}

/// <summary>What is wrong with one field.</summary>
/// <param name="Field">Its name on the wire.</param>
/// <param name="Problem">The limit it is beyond; never the value itself.</param>
internal readonly record struct FieldError(string Field, string Problem);
