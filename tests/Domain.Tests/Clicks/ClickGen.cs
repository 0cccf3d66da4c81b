using Adclicks.Domain.Clicks;
using CsCheck;

namespace Adclicks.Domain.Tests.Clicks;

/// <summary>Clicks with every field absent, short, long or beyond ASCII.</summary>
internal static class ClickGen
{
    private static readonly Gen<string> Text = Gen.Frequency(
        (3, Gen.Const("")),
        (4, Gen.String[Gen.Char.AlphaNumeric, 1, 20]),
        (2, Gen.String[Gen.Int[0, 4].Select(i => "ä\u05D0\u4E2D\uFFFD\0"[i]), 1, 60]),
        (1, Gen.Const("𝄞 emoji 🦊")),
        (1, Gen.String[Gen.Char.AlphaNumeric, 100, 300]));

    private static readonly Gen<long> TimeMs = Gen.Frequency((1, Gen.Const(0L)), (4, Gen.Long[1, 253_402_300_799_999]), (1, Gen.Long));

    private static readonly Gen<ReadOnlyMemory<byte>> Bytes = Gen.Byte.Array[0, 40].Select(b => (ReadOnlyMemory<byte>)b);

    private static readonly Gen<List<KeyValuePair<string, string>>> Params =
        Gen.Dictionary(Gen.String[Gen.Char.AlphaNumeric, 1, 10], Text)[0, 4].Select(d => d.ToList());

    /// <summary>One click.</summary>
    public static readonly Gen<Click> Click =
        from texts in Text.Array[18]
        from times in TimeMs.Array[3]
        from hasTimestamp in Gen.Bool
        from bytes in Bytes.Array[4]
        from source in Gen.Int[0, 3]
        from parameters in Params
        from day in Gen.UInt
        select new Click
        {
            EventId = texts[0], AdId = texts[1], CampaignId = texts[2], AdvertiserId = texts[3], PublisherId = texts[4], Country = texts[5],
            Region = texts[6], City = texts[7], DeviceType = texts[8], Os = texts[9], Browser = texts[10], UserAgent = texts[11], Crawler = texts[12],
            ClickUrl = texts[13], ReferrerUrl = texts[14], ImpressionId = texts[15], IngestMark = texts[16],
            ClickedAtMs = times[0], ServerTimestampMs = times[1], TimestampMs = hasTimestamp ? times[2] : null,
            VisitorHash = bytes[0], IpHash = bytes[1], IpPrefix = bytes[2], Sealed = bytes[3],
            Source = (ClickSource)source, SealedDay = day, AdditionalParams = parameters,
        };
}
