using System.Text;
using Adclicks.Domain.Clicks;
using CsCheck;
using Google.Protobuf;
using Generated = Adclicks.Domain.Clicks.Generated;

namespace Adclicks.Domain.Tests.Clicks;

/// <summary>Our reader and writer against the classes that Google's compiler makes of the schema.</summary>
public sealed class ClickWireTests
{
    [Fact]
    public void What_we_write_the_generated_class_reads() => ClickGen.Click.Array[0, 5].Sample(clicks =>
    {
        var packed = clicks.SelectMany(ClickEncoder.Encode).ToArray();
        Assert.Equal(Message(clicks), Generated.ClicksRecorded.Parser.ParseFrom(packed));
    });

    [Fact]
    public void What_the_generated_class_writes_we_read() => ClickGen.Click.Array[0, 5].Sample(clicks =>
    {
        var read = 0;
        foreach (var view in ClicksRecorded.Read(Message(clicks).ToByteArray())) AssertSame(clicks[read++], view);
        Assert.Equal(clicks.Length, read);
    });

    [Fact]
    public void A_time_of_zero_is_not_the_absence_of_a_time()
    {
        Assert.Equal(0, Parse(new Click { EventId = "", ClickedAtMs = 1, ServerTimestampMs = 1, AdId = "a", TimestampMs = 0 }));
        Assert.Null(Parse(new Click { EventId = "", ClickedAtMs = 1, ServerTimestampMs = 1, AdId = "a" }));

        static long? Parse(Click click)
        {
            var clicks = ClicksRecorded.Read(ClickEncoder.Encode(click));
            Assert.True(clicks.MoveNext());
            return clicks.Current.TimestampMs;
        }
    }

    [Fact]
    public void Fields_of_a_later_schema_are_read_over_and_kept() => Gen.Select(ClickGen.Click, Unknown, Unknown, Unknown).Sample((click, before, within, after) =>
    {
        var encoded = ClickEncoder.Encode(click);
        var message = Generated.ClicksRecorded.Parser.ParseFrom(encoded).Clicks[0].ToByteArray();
        byte[] later = [.. within, .. message, .. within];
        byte[] packed = [.. before, .. Packed(later), .. after];

        var clicks = ClicksRecorded.Read(packed);
        Assert.True(clicks.MoveNext());
        AssertSame(click, clicks.Current);
        Assert.Equal(later, clicks.Current.Encoded.ToArray());
        Assert.False(clicks.MoveNext());
    });

    [Fact]
    public void A_cut_payload_ends_between_clicks_or_is_refused() => ClickGen.Click.Array[1, 4].Sample(clicks =>
    {
        var ends = new List<int> { 0 };
        var packed = new List<byte>();
        foreach (var click in clicks)
        {
            packed.AddRange(ClickEncoder.Encode(click));
            ends.Add(packed.Count);
        }

        var bytes = packed.ToArray();
        for (var length = 0; length < bytes.Length; length++)
        {
            var whole = ends.IndexOf(length);
            if (whole >= 0) Assert.Equal(whole, Count(bytes.AsSpan(0, length)));
            else Assert.Throws<FormatException>(() => Count(bytes.AsSpan(0, length)));
        }
    });

    [Fact]
    public void Whatever_the_bytes_reading_ends_or_refuses_them() => Gen.Select(ClickGen.Click, Gen.Int[0, 1_000_000], Gen.Byte).Sample((click, at, value) =>
    {
        var bytes = ClickEncoder.Encode(click);
        bytes[at % bytes.Length] = value;
        ReadOrRefuse(bytes);
        ReadOrRefuse([value, .. bytes]);
    });

    private static readonly Gen<byte[]> Unknown = Gen.OneOf(
        Gen.Const<byte[]>([]),
        Gen.ULong.Select(n => Field(1000, WireFormat.WireType.Varint, o => o.WriteUInt64(n))),
        Gen.UInt.Select(n => Field(1001, WireFormat.WireType.Fixed32, o => o.WriteFixed32(n))),
        Gen.ULong.Select(n => Field(1002, WireFormat.WireType.Fixed64, o => o.WriteFixed64(n))),
        Gen.Byte.Array[0, 200].Select(b => Field(1003, WireFormat.WireType.LengthDelimited, o => o.WriteBytes(ByteString.CopyFrom(b)))));

    private static byte[] Field(int number, WireFormat.WireType type, Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream))
        {
            output.WriteTag(number, type);
            write(output);
        }

        return stream.ToArray();
    }

    private static byte[] Packed(byte[] message) => Field(1, WireFormat.WireType.LengthDelimited, o => o.WriteBytes(ByteString.CopyFrom(message)));

    private static int Count(ReadOnlySpan<byte> payload)
    {
        var count = 0;
        foreach (var _ in ClicksRecorded.Read(payload)) count++;
        return count;
    }

    private static void ReadOrRefuse(byte[] bytes)
    {
        try
        {
            Count(bytes);
        }
        catch (FormatException)
        {
        }
    }

    private static Generated.ClicksRecorded Message(IEnumerable<Click> clicks)
    {
        var message = new Generated.ClicksRecorded();
        message.Clicks.AddRange(clicks.Select(Message));
        return message;
    }

    private static Generated.Click Message(Click c)
    {
        var message = new Generated.Click
        {
            EventId = c.EventId, ClickedAtMs = c.ClickedAtMs, ServerTimestampMs = c.ServerTimestampMs, AdId = c.AdId, CampaignId = c.CampaignId,
            AdvertiserId = c.AdvertiserId, PublisherId = c.PublisherId, VisitorHash = ByteString.CopyFrom(c.VisitorHash.Span), IpHash = ByteString.CopyFrom(c.IpHash.Span),
            Country = c.Country, Region = c.Region, City = c.City, DeviceType = c.DeviceType, Os = c.Os, Browser = c.Browser, UserAgent = c.UserAgent,
            ClickUrl = c.ClickUrl, ReferrerUrl = c.ReferrerUrl, ImpressionId = c.ImpressionId, IpPrefix = ByteString.CopyFrom(c.IpPrefix.Span), Crawler = c.Crawler,
            Source = (Generated.Click.Types.Source)c.Source, Sealed = ByteString.CopyFrom(c.Sealed.Span), SealedDay = c.SealedDay, IngestMark = c.IngestMark,
        };
        if (c.TimestampMs is { } timestampMs) message.TimestampMs = timestampMs;
        foreach (var (key, value) in c.AdditionalParams) message.AdditionalParams[key] = value;
        return message;
    }

    private static void AssertSame(Click click, in ClickView view)
    {
        Assert.Equal((click.ClickedAtMs, click.ServerTimestampMs, click.TimestampMs), (view.ClickedAtMs, view.ServerTimestampMs, view.TimestampMs));
        Assert.Equal((click.Source, click.SealedDay), (view.Source, view.SealedDay));
        AssertText(click.EventId, view.EventId);
        AssertText(click.AdId, view.AdId);
        AssertText(click.CampaignId, view.CampaignId);
        AssertText(click.AdvertiserId, view.AdvertiserId);
        AssertText(click.PublisherId, view.PublisherId);
        AssertText(click.Country, view.Country);
        AssertText(click.Region, view.Region);
        AssertText(click.City, view.City);
        AssertText(click.DeviceType, view.DeviceType);
        AssertText(click.Os, view.Os);
        AssertText(click.Browser, view.Browser);
        AssertText(click.UserAgent, view.UserAgent);
        AssertText(click.Crawler, view.Crawler);
        AssertText(click.ClickUrl, view.ClickUrl);
        AssertText(click.ReferrerUrl, view.ReferrerUrl);
        AssertText(click.ImpressionId, view.ImpressionId);
        AssertText(click.IngestMark, view.IngestMark);
        Assert.Equal(click.VisitorHash.Span, view.VisitorHash);
        Assert.Equal(click.IpHash.Span, view.IpHash);
        Assert.Equal(click.IpPrefix.Span, view.IpPrefix);
        Assert.Equal(click.Sealed.Span, view.Sealed);
    }

    private static void AssertText(string expected, ReadOnlySpan<byte> utf8) => Assert.Equal(expected, Encoding.UTF8.GetString(utf8));
}
