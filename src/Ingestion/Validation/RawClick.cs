namespace Adclicks.Ingestion.Validation;

/// <summary>A click as a client sent it, before anything is known to be right. Absent text is empty.</summary>
internal sealed class RawClick
{
    private const int MaxUnreadable = 16;

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

    /// <summary>One that could not be read at all.</summary>
    public static RawClick UnreadableAs(string problem)
    {
        var click = new RawClick();
        click.AddUnreadable(ClickValidator.WholeClick, problem);
        return click;
    }

    /// <summary>Adds one; of those beyond the limit, only the first, which is enough to refuse the click.</summary>
    public void AddParam(string key, string value)
    {
        if ((AdditionalParams ??= []).Count <= ClickLimits.MaxParams) AdditionalParams.Add(new(key, value));
    }

    /// <summary>Notes what is wrong with a field, for the first few of them.</summary>
    public void AddUnreadable(string field, string problem, bool isSendersName = false)
    {
        if ((Unreadable ??= []).Count < MaxUnreadable) Unreadable.Add(new(isSendersName ? ClickLimits.Shown(field) : field, problem, isSendersName));
    }
}
