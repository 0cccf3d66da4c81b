using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Adclicks.Domain.Access;
using Adclicks.Ingestion.Tests.Support;
using Adclicks.Support;

namespace Adclicks.Ingestion.Tests.Writing;

/// <summary>Where one batch may be under way.</summary>
public sealed class BatchTurnTests
{
    private const string Ndjson = "application/x-ndjson";
    private const int LargeBytes = 24 << 20;
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(0)]
    [InlineData(LargeBytes)]
    public async Task Who_is_slow_to_send_a_batch_keeps_nobody_out(int bytesBefore)
    {
        await using var server = await StartAsync(("Ingestion:MaxBatchBytes", "67108864"));
        var click = Encoding.UTF8.GetBytes(Click(1));
        var slow = new SlowContent([.. EmptyLines(bytesBefore), .. click[..10]], click[10..]);
        var answering = SendAsync(server, slow, TestContext.Current.CancellationToken);
        await slow.Begun.WaitAsync(_limit, TestContext.Current.CancellationToken);

        await Eventually.TrueAsync(async () => await StatusOfAsync(server, Click(2)) == HttpStatusCode.OK, "A batch that waits for its client keeps another out.");

        slow.Release();
        using var answer = await answering.WaitAsync(_limit, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(1, (await TrackingServer.JsonAsync(answer)).GetProperty("accepted").GetInt32());
    }

    [Fact]
    public async Task A_batch_that_is_refused_or_broken_off_leaves_its_room()
    {
        await using var server = await StartAsync(("Ingestion:MaxBatchClicks", "2"));

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.BadRequest, await StatusOfAsync(server, string.Concat(Enumerable.Repeat(Click(i), 3))));
            Assert.Equal(HttpStatusCode.BadRequest, await StatusOfAsync(server, "[{", "application/json"));
            Assert.Equal(HttpStatusCode.BadRequest, await StatusOfAsync(server, Click(i), Ndjson, "gzip"));
            Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(server, Click(100 + i)));
        }

        foreach (var bytesBefore in new[] { 0, 2 << 20 })
        {
            using var breakingOff = new CancellationTokenSource();
            var slow = new SlowContent(EmptyLines(bytesBefore + 100), [10]);
            var broken = SendAsync(server, slow, breakingOff.Token);
            await slow.Begun.WaitAsync(_limit, TestContext.Current.CancellationToken);
            await breakingOff.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => broken.WaitAsync(_limit, TestContext.Current.CancellationToken));
            await Eventually.TrueAsync(async () => await StatusOfAsync(server, Click(200)) == HttpStatusCode.OK, "Its room is lost.");
        }
    }

    private static Task<TrackingServer> StartAsync((string Key, string Value) setting) => TrackingServer.StartAsync(("Ingestion:MaxBatchesUnderWay", "1"), setting);

    /// <summary>The body goes out when the server has begun to wait for it.</summary>
    private static async Task<HttpResponseMessage> SendAsync(TrackingServer server, SlowContent content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/track/click_events") { Content = content };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(Ndjson);
        request.Headers.TryAddWithoutValidation("X-Role", Roles.Ingest);
        request.Headers.ExpectContinue = true;
        return await server.Client.SendAsync(request, cancellationToken);
    }

    private static async Task<HttpStatusCode> StatusOfAsync(TrackingServer server, string body, string mediaType = Ndjson, string encoding = "")
    {
        using var answer = await server.PostBatchAsync(Encoding.UTF8.GetBytes(body), mediaType, encoding);
        return answer.StatusCode;
    }

    /// <summary>Another one for each number.</summary>
    private static string Click(int number) => $$"""{"ad_id":"a","campaign_id":"c","timestamp_ms":{{1_700_000_000_000 + number}}}""" + "\n";

    /// <summary>No clicks.</summary>
    private static byte[] EmptyLines(int bytes)
    {
        const int Line = 65_536;
        var lines = new byte[bytes];
        lines.AsSpan().Fill((byte)' ');
        for (var i = Line - 1; i < bytes; i += Line) lines[i] = (byte)'\n';
        if (bytes > 0) lines[^1] = (byte)'\n';
        return lines;
    }
}
