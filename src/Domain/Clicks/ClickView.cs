namespace Adclicks.Domain.Clicks;

/// <summary>
/// One click of a packed event, read in place: the fields that rules and rollups need, as UTF-8 over the event's
/// bytes. Valid as long as those bytes are. Unknown fields are skipped.
/// </summary>
public ref struct ClickView
{
    /// <summary>The encoded message itself, without tag and length.</summary>
    public ReadOnlySpan<byte> Encoded;

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> EventId;

    /// <summary>Unix milliseconds.</summary>
    public long ClickedAtMs;

    /// <summary>Unix milliseconds.</summary>
    public long ServerTimestampMs;

    /// <summary>Unix milliseconds; null where the client sent none.</summary>
    public long? TimestampMs;

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> AdId, CampaignId, AdvertiserId, PublisherId;

    /// <summary>Keyed hashes, 16 bytes each.</summary>
    public ReadOnlySpan<byte> VisitorHash, IpHash;

    /// <summary>3 bytes (/24) or 6 bytes (/48).</summary>
    public ReadOnlySpan<byte> IpPrefix;

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> Country, Region, City, DeviceType, Os, Browser;

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> UserAgent, Crawler, ClickUrl, ReferrerUrl, ImpressionId, IngestMark;

    /// <summary>Sealed address and user id, and the day of its key.</summary>
    public ReadOnlySpan<byte> Sealed;

    /// <summary>Days since the Unix epoch.</summary>
    public uint SealedDay;

    /// <summary>How it came in.</summary>
    public ClickSource Source;

    /// <summary>Reads one <c>Click</c> message.</summary>
    /// <exception cref="FormatException">The bytes are not a Protobuf message.</exception>
    public static ClickView Parse(ReadOnlySpan<byte> encoded)
    {
        var view = new ClickView { Encoded = encoded };
        var reader = new WireReader(encoded);
        while (!reader.AtEnd)
        {
            var field = (ClickField)reader.Tag(out var wireType);
            if (wireType == 2) view.Take(field, reader.Bytes());
            else if (wireType == 0) view.Take(field, (long)reader.Varint());
            else reader.Skip(wireType);
        }

        return view;
    }

    private void Take(ClickField field, long value)
    {
        switch (field)
        {
            case ClickField.ClickedAtMs: ClickedAtMs = value; break;
            case ClickField.ServerTimestampMs: ServerTimestampMs = value; break;
            case ClickField.TimestampMs: TimestampMs = value; break;
            case ClickField.Source: Source = (ClickSource)value; break;
            case ClickField.SealedDay: SealedDay = (uint)value; break;
        }
    }

    private void Take(ClickField field, ReadOnlySpan<byte> value)
    {
        switch (field)
        {
            case ClickField.EventId: EventId = value; break;
            case ClickField.AdId: AdId = value; break;
            case ClickField.CampaignId: CampaignId = value; break;
            case ClickField.AdvertiserId: AdvertiserId = value; break;
            case ClickField.PublisherId: PublisherId = value; break;
            case ClickField.VisitorHash: VisitorHash = value; break;
            case ClickField.IpHash: IpHash = value; break;
            case ClickField.IpPrefix: IpPrefix = value; break;
            case ClickField.Country: Country = value; break;
            case ClickField.Region: Region = value; break;
            case ClickField.City: City = value; break;
            case ClickField.DeviceType: DeviceType = value; break;
            case ClickField.Os: Os = value; break;
            case ClickField.Browser: Browser = value; break;
            case ClickField.UserAgent: UserAgent = value; break;
            case ClickField.Crawler: Crawler = value; break;
            case ClickField.ClickUrl: ClickUrl = value; break;
            case ClickField.ReferrerUrl: ReferrerUrl = value; break;
            case ClickField.ImpressionId: ImpressionId = value; break;
            case ClickField.IngestMark: IngestMark = value; break;
            case ClickField.Sealed: Sealed = value; break;
        }
    }
}
