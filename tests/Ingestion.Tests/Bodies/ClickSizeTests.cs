using System.Net;
using System.Net.Sockets;
using System.Text;
using Adclicks.Ingestion.Bodies.Generated;
using Adclicks.Ingestion.Tests.Support;
using Google.Protobuf;

namespace Adclicks.Ingestion.Tests.Bodies;

/// <summary>Where a click of a batch may have 2,000 bytes.</summary>
public sealed class ClickSizeTests
{
    private const int MaxBytes = 2000;
    private const string Ndjson = "application/x-ndjson", Json = "application/json", Protobuf = "application/x-protobuf";
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(MaxBytes, HttpStatusCode.OK)]
    [InlineData(MaxBytes + 1, HttpStatusCode.BadRequest)]
    public async Task A_larger_one_is_refused_in_every_form_however_it_comes(int bytes, HttpStatusCode status)
    {
        await using var server = await StartAsync();
        var (click, other, message) = (Click(bytes), Click(MaxBytes), Message(bytes));
        foreach (var (mediaType, body) in new[]
        {
            (Ndjson, Encoding.UTF8.GetBytes($"{other}\n{click}\n{other}")),
            (Json, Encoding.UTF8.GetBytes($"[ {other} ,  {click}  , {other} ]")),
            (Protobuf, [.. Field(Message(MaxBytes)), .. Field(message), .. Field(Message(MaxBytes))]),
        })
        {
            foreach (var pieceBytes in new[] { 1, 100, 100_000 })
            {
                using var request = Request(new PiecesContent(body, pieceBytes), mediaType);
                using var response = await server.Client.SendAsync(request, Token);
                Assert.Equal((mediaType, pieceBytes, status), (mediaType, pieceBytes, response.StatusCode));
                if (status == HttpStatusCode.BadRequest) Assert.Equal("A click of a batch must be at most 2000 bytes.", await DetailAsync(response));
            }
        }

        Assert.Equal(status == HttpStatusCode.OK ? 27 : 0, (await server.ClicksAsync()).Count(c => c.AdId == "a"));
    }

    [Theory]
    [InlineData(Ndjson, "{\"x\":\"")]
    [InlineData(Json, "[{\"x\":\"")]
    [InlineData(Json, "[\"")]
    [InlineData(Json, "[7")]
    [InlineData(Json, "[[[")]
    [InlineData(Protobuf, "\n\u00ff\u00ff\u00ff\u0003")]
    [InlineData(Protobuf, "z\u00ff\u00ff\u00ff\u0003")]
    public async Task One_that_does_not_end_is_refused_before_it_has_come(string mediaType, string beginning)
    {
        const int Sent = 2 << 20;
        await using var server = await StartAsync();
        var filler = beginning[^1] is '7' or '[' ? beginning[^1] : 'x';
        var head = $"POST /track/click_events HTTP/1.1\r\nHost: a\r\nX-Role: ingest\r\nContent-Type: {mediaType}\r\nContent-Length: {2 * Sent}\r\n\r\n";
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Client.BaseAddress!.Port, Token);
        var sending = client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(head + beginning + new string(filler, Sent)), Token).AsTask();
        var (answer, part) = ("", new byte[4096]);
        while (!answer.Contains("2000 bytes", StringComparison.Ordinal))
        {
            var read = await client.GetStream().ReadAsync(part, Token).AsTask().WaitAsync(_limit, Token);
            Assert.True(read > 0, answer);
            answer += Encoding.Latin1.GetString(part, 0, read);
        }

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        await sending.WaitAsync(_limit, Token);
    }

    private static Task<TrackingServer> StartAsync() => TrackingServer.StartAsync(("Ingestion:MaxEventBytes", $"{MaxBytes}"));

    private static string Click(int bytes)
    {
        const string Start = """{"timestamp_ms":1431857103000,"ad_id":"a","campaign_id":"c","click_url":""" + "\"";
        return Start + new string('x', bytes - Start.Length - 2) + "\"}";
    }

    private static byte[] Message(int bytes)
    {
        var click = new ClickEvent { TimestampMs = 1431857103000, AdId = "a", CampaignId = "c", ClickUrl = new string('x', bytes / 2) };
        click.ClickUrl += new string('x', bytes - click.CalculateSize());
        Assert.Equal(bytes, click.CalculateSize());
        return click.ToByteArray();
    }

    private static byte[] Field(byte[] message)
    {
        var output = new MemoryStream();
        using (var writer = new CodedOutputStream(output))
        {
            writer.WriteTag(1, WireFormat.WireType.LengthDelimited);
            writer.WriteBytes(ByteString.CopyFrom(message));
        }

        return output.ToArray();
    }

    private static HttpRequestMessage Request(HttpContent content, string mediaType)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/track/click_events") { Content = content };
        request.Content.Headers.ContentType = new(mediaType);
        request.Headers.Add("X-Role", "ingest");
        return request;
    }

    private static async Task<string?> DetailAsync(HttpResponseMessage response) => (await TrackingServer.JsonAsync(response)).GetProperty("detail").GetString();
}
