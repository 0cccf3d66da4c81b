using System.Text;
using Adclicks.Ingestion.Bodies.Generated;
using Adclicks.Ingestion.Tests.Support;
using CsCheck;
using Google.Protobuf;

namespace Adclicks.Ingestion.Tests.Bodies;

/// <summary>Whatever is sent, the answer is one of ours: never a 5xx, and never a click that was not acknowledged.</summary>
public sealed class FuzzTests
{
    private const int Requests = 400;

    private static readonly Gen<string> Word = Gen.OneOf(
        AnyOf("ad_id", "campaign_id", "timestamp_ms", "additional_params", "ip_address", "redirect_url", "sig", "exp", "kid", "p.x", "format", ""),
        Gen.String[Gen.Char, 0, 40]);

    private static readonly Gen<string> Json = Gen.OneOf(
        Gen.Select(Word, Word, (name, value) => $$"""{"ad_id":"a","campaign_id":"c","timestamp_ms":1,"{{name}}":"{{value}}"}"""),
        Gen.Select(Word, AnyOf("null", "1e400", "-9223372036854775809", "[[[[[[[[[[]]]]]]]]]]", "{}", "\"\\ud800\"", "tru"), (name, value) => $$"""[{"{{name}}":{{value}}}]"""),
        Gen.String[Gen.Char, 0, 200]);

    private static readonly Gen<byte[]> Body = Gen.OneOf(
        Json.Select(Encoding.UTF8.GetBytes),
        Gen.Byte.Array[0, 300],
        Gen.Select(Word, Gen.Long, (id, time) => new ClickEvents { Clicks = { new ClickEvent { AdId = id, CampaignId = "c", TimestampMs = time } } }.ToByteArray()));

    [Fact]
    public async Task Query_strings()
    {
        await using var server = await TrackingServer.StartAsync();
        var queries = Gen.Select(Word, Word, Gen.Bool, Gen.Bool, (name, value, valid, escaped) =>
            "?" + (valid ? "ad_id=a&campaign_id=c&" : "") + (escaped ? $"{Uri.EscapeDataString(Whole(name))}={Uri.EscapeDataString(Whole(value))}" : "x=%zz%ff%00&&==&" + Uri.EscapeDataString(Whole(name))));
        await queries.SampleAsync(async query =>
        {
            using var response = await server.GetAsync(query);
            return (int)response.StatusCode is 200 or 204 or 302 or 400;
        }, iter: Requests, threads: 1);
    }

    [Fact]
    public async Task Single_events()
    {
        await using var server = await TrackingServer.StartAsync();
        await Gen.Select(Body, Gen.Bool).SampleAsync(async (body, asPartner) =>
        {
            using var response = await server.PostAsync(Encoding.Latin1.GetString(body), asPartner);
            return (int)response.StatusCode is 200 or 400;
        }, iter: Requests, threads: 1);
    }

    [Fact]
    public async Task Batches()
    {
        await using var server = await TrackingServer.StartAsync();
        var types = AnyOf("application/json", "application/x-ndjson", "application/x-protobuf", "text/plain");
        var packings = AnyOf("", "gzip", "broken gzip");
        var accepted = 0;
        await Gen.Select(Body, types, packings).SampleAsync(async (body, type, packing) =>
        {
            var bytes = packing == "gzip" ? Packed.Gzip(body) : body;
            using var response = await server.PostBatchAsync(bytes, type, packing.Length > 0 ? "gzip" : "");
            if ((int)response.StatusCode == 200) accepted += (await TrackingServer.JsonAsync(response)).GetProperty("accepted").GetInt32();
            return (int)response.StatusCode is 200 or 400 or 415;
        }, iter: Requests, threads: 1);
        Assert.Equal(accepted, (await server.ClicksAsync()).Count(c => c.AdId != "warm-up"));
    }

    private static Gen<string> AnyOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    /// <summary>Half a surrogate pair cannot be escaped.</summary>
    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
