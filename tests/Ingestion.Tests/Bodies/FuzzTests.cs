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
        AnyOf("ad_id", "campaign_id", "timestamp_ms", "additional_params", "ip_address", "redirect_url", "sig", "exp", "kid", "nonce", "p.x", "format", ""),
        AnyOf("http://a.example", "javascript:alert(1)", "//a.example", "http://a.example\r\nSet-Cookie: x", "{click_id}", "\0", "\u2028", "😀"),
        Gen.String[Gen.Char, 0, 40]);

    private static readonly Gen<string> Value = AnyOf(
        "null", "1e400", "-9223372036854775809", "0.1", "[[[[[[[[[[]]]]]]]]]]", "{}", "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}", "\"\\ud800\"", "\"\\u0000\"", "tru", "\"", "");

    private static readonly Gen<string> Json = Gen.OneOf(
        Gen.Select(Word, Word, (name, value) => $$"""{"ad_id":"a","campaign_id":"c","timestamp_ms":1,"{{name}}":"{{value}}"}"""),
        Gen.Select(Word, Value, (name, value) => $$"""[{"{{name}}":{{value}}}]"""),
        Gen.Select(Word, Value, (name, value) => $$"""{"ad_id":"a","campaign_id":"c","timestamp_ms":1,"{{name}}":{{value}}}"""),
        Gen.String[Gen.Char, 0, 200]);

    private static readonly Gen<byte[]> Message = Gen.Select(Word, Gen.Long, Word, (id, time, key) =>
        new ClickEvents { Clicks = { new ClickEvent { AdId = id, CampaignId = "c", TimestampMs = time, AdditionalParams = { [key] = id } } } }.ToByteArray());

    private static readonly Gen<byte[]> Whole = Gen.OneOf(
        Json.Select(Encoding.UTF8.GetBytes),
        Json.Array[0, 5].Select(items => Encoding.UTF8.GetBytes($"[{string.Join(',', items)}]")),
        Json.Array[0, 5].Select(items => Encoding.UTF8.GetBytes(string.Join('\n', items))),
        Gen.Byte.Array[0, 300],
        Message);

    /// <summary>As a sender would, and with a byte changed, cut off, or said twice.</summary>
    private static readonly Gen<byte[]> Body = Gen.OneOf(
        Whole,
        Gen.Select(Whole, Gen.Int[0, 1000], Gen.Byte, (body, at, value) => (byte[])[.. body[..(at % (body.Length + 1))], value, .. body.Skip((at % (body.Length + 1)) + 1)]),
        Gen.Select(Whole, Gen.Int[0, 1000], (body, at) => body[..(at % (body.Length + 1))]),
        Whole.Select(body => (byte[])[.. body, .. body]));

    [Fact]
    public async Task Query_strings()
    {
        await using var server = await TrackingServer.StartAsync();
        var queries = Gen.Select(Word, Word, Gen.Bool, Gen.Bool, (name, value, valid, escaped) =>
            "?" + (valid ? "ad_id=a&campaign_id=c&" : "") + (escaped ? $"{Uri.EscapeDataString(AsUnicode(name))}={Uri.EscapeDataString(AsUnicode(value))}" : "x=%zz%ff%00&&==&" + Uri.EscapeDataString(AsUnicode(name))));
        await queries.SampleAsync(async query =>
        {
            using var response = await server.GetAsync(query);
            return (int)response.StatusCode is 200 or 204 or 302 or 400;
        }, iter: Requests, threads: 1);
    }

    [Fact]
    public async Task Headers()
    {
        await using var server = await TrackingServer.StartAsync(("Proxies:Trusted", "127.0.0.1"));
        var names = AnyOf("X-Forwarded-For", "User-Agent", "DNT", "Sec-GPC", "Sec-Purpose", "Sec-CH-UA-Platform", "Sec-CH-UA-Platform-Version", "Sec-CH-UA-Mobile", "Cookie");
        var values = Gen.String[Gen.Char[' ', '~'], 0, 200];
        await Gen.Select(names, values, names, values).SampleAsync(async (name, value, otherName, otherValue) =>
        {
            using var response = await server.GetAsync("?ad_id=a&campaign_id=c", headers: [(name, value), (otherName, otherValue)]);
            return (int)response.StatusCode is 200;
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
        }, iter: 2 * Requests, threads: 1);
        Assert.Equal(accepted, (await server.ClicksAsync()).Count(c => c.AdId != "warm-up"));
    }

    private static Gen<string> AnyOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    /// <summary>Half a surrogate pair cannot be escaped.</summary>
    private static string AsUnicode(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
