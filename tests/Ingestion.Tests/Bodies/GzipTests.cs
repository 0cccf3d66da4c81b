using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Adclicks.Ingestion.Tests.Support;
using CsCheck;

namespace Adclicks.Ingestion.Tests.Bodies;

/// <summary>Gzip is taken whole, or not at all.</summary>
public sealed class GzipTests
{
    private const string Click = """{"timestamp_ms":1431857103000,"ad_id":"a","campaign_id":"c"}""" + "\n";
    private const int Lines = 10, TrailerBytes = 8;
    private static readonly byte[] _whole = Packed.Gzip(Encoding.UTF8.GetBytes(Click));

    private static readonly byte[] _empty = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    public static TheoryData<string, byte[]> Broken => new()
    {
        { "empty", [] },
        { "cut in the header", _whole[..3] },
        { "cut behind the header", _whole[..10] },
        { "cut behind a block", CutBehindABlock() },
        { "without a trailer", _whole[..^TrailerBytes] },
        { "with half a trailer", _whole[..^(TrailerBytes / 2)] },
        { "of another checksum", [.. _whole[..^TrailerBytes], 1, 2, 3, 4, .. _whole[^4..]] },
        { "of another length", [.. _whole[..^1], 7] },
        { "with a byte behind it", [.. _whole, 1] },
        { "with the beginning of another member behind it", [.. _whole, 0x1F] },
        { "with half a header behind it", [.. _whole, .. _whole[..3]] },
        { "with a cut member behind it", [.. _whole, .. _whole[..^1]] },
        { "with zeros behind it", [.. _whole, .. new byte[40]] },
        { "with much behind it", [.. _whole, .. new byte[40_000]] },
        { "with text behind it", [.. _whole, .. Encoding.UTF8.GetBytes(Click)] },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task What_is_not_whole_is_refused_and_nothing_of_it_recorded(string name, byte[] body)
    {
        await using var server = await TrackingServer.StartAsync();
        foreach (var pieceBytes in new[] { 1, 7, _whole.Length, 100_000 })
        {
            foreach (var (path, mediaType) in new[] { ("/track/click_event", "application/json"), ("/track/click_events", "application/x-ndjson") })
            {
                using var response = await SendAsync(server, path, mediaType, body, pieceBytes);
                Assert.Equal((name, HttpStatusCode.BadRequest), (name, response.StatusCode));
                var problem = (await TrackingServer.JsonAsync(response)).GetProperty("detail").GetString();
                Assert.Contains("gzip", problem, StringComparison.Ordinal);
            }
        }

        Assert.DoesNotContain(await server.ClicksAsync(), c => c.AdId == "a");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    [InlineData(100_000)]
    public async Task Several_members_are_one_body(int pieceBytes)
    {
        await using var server = await TrackingServer.StartAsync();
        var stored = Pack([.. Encoding.UTF8.GetBytes(Click), .. Enumerable.Repeat<byte[]>([0x1F, 0x8B, 0x08, (byte)'\n'], 500).SelectMany(b => b)], CompressionLevel.NoCompression);
        byte[] body = [.. _whole, .. _empty, .. stored, .. _whole, .. Packed.Gzip(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Click, 300))))];
        var answer = await TrackingServer.JsonAsync(await SendAsync(server, "/track/click_events", "application/x-ndjson", body, pieceBytes));
        Assert.Equal((303, 500), (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("rejected").GetInt32()));
    }

    [Fact]
    public async Task However_it_is_packed_all_of_it_is_taken()
    {
        await using var server = await TrackingServer.StartAsync();
        var member = Gen.Select(Gen.Char['0', 'z'].Array[0, 250].Array[0, 60], Gen.Int[0, 3], (ids, level) =>
            (Clicks: ids.Length, Bytes: ids.Length == 0 ? _empty : Pack(Encoding.UTF8.GetBytes(string.Concat(ids.Select(ClickOf))), (CompressionLevel)level)));
        await Gen.Select(member.Array[1, 6], Gen.Int[1, 20_000]).SampleAsync(async (members, pieceBytes) =>
        {
            byte[] body = [.. members.SelectMany(m => m.Bytes)];
            using var response = await SendAsync(server, "/track/click_events", "application/x-ndjson", body, pieceBytes);
            return response.StatusCode == HttpStatusCode.OK && (await TrackingServer.JsonAsync(response)).GetProperty("accepted").GetInt32() == members.Sum(m => m.Clicks);
        }, iter: 200, threads: 1);
    }

    [Fact]
    public async Task What_is_larger_packed_than_it_may_be_unpacked_is_refused()
    {
        await using var server = await TrackingServer.StartAsync(("Ingestion:MaxEventBytes", "2000"), ("Ingestion:MaxBatchBytes", "2000"));
        byte[] body = [.. Enumerable.Repeat(_empty, 150).SelectMany(b => b)];
        foreach (var path in new[] { "/track/click_event", "/track/click_events" })
        {
            using var response = await SendAsync(server, path, "application/json", body, 200);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        }
    }

    /// <summary>Ten lines, flushed, of twenty.</summary>
    private static byte[] CutBehindABlock()
    {
        var output = new MemoryStream();
        using var gzip = new GZipStream(output, CompressionLevel.Optimal);
        for (var i = 0; i < Lines; i++) gzip.Write(Encoding.UTF8.GetBytes(Click));
        gzip.Flush();
        var cut = output.ToArray();
        for (var i = 0; i < Lines; i++) gzip.Write(Encoding.UTF8.GetBytes(Click));
        return cut;
    }

    private static byte[] Pack(byte[] bytes, CompressionLevel level)
    {
        var output = new MemoryStream();
        using (var gzip = new GZipStream(output, level)) gzip.Write(bytes);
        return output.ToArray();
    }

    private static string ClickOf(char[] user) => $$"""{"timestamp_ms":1431857103000,"ad_id":"a","campaign_id":"c","user_id":{{JsonSerializer.Serialize(new string(user))}}}""" + "\n";

    private static async Task<HttpResponseMessage> SendAsync(TrackingServer server, string path, string mediaType, byte[] body, int pieceBytes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = pieceBytes < body.Length ? new PiecesContent(body, pieceBytes) : new ByteArrayContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        request.Content.Headers.ContentEncoding.Add("gzip");
        request.Headers.Add("X-Role", "ingest");
        return await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
