using System.Net;
using System.Net.Sockets;
using System.Text;
using Adclicks.Ingestion.Tests.Support;

namespace Adclicks.Ingestion.Tests.Writing;

/// <summary>Whoever reads pixels, the thread that polls the sockets or the pool, and whoever sends the answers, the thread that writes or the pool.</summary>
public sealed class WriterAnswersTests
{
    private const string Pixel = "?ad_id=a&campaign_id=c";
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("true", "true")]
    [InlineData("true", "false")]
    [InlineData("false", "true")]
    [InlineData("false", "false")]
    public async Task Pixels_single_clicks_and_batches_sent_at_once_are_all_recorded_and_answered(string socketThreadReads, string writerAnswers)
    {
        await using var server = await TrackingServer.StartAsync(
            ("Ingestion:SocketThreadReads", socketThreadReads), ("Ingestion:WriterAnswers", writerAnswers), ("Ingestion:MaxBatchesUnderWay", "100"), ("Ingestion:TargetAnswerMs", "60000"));
        var before = (await server.ClicksAsync()).Count;

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => (i % 4) switch
        {
            0 => server.PostAsync(Click(i)),
            1 when i % 20 == 1 => server.PostBatchAsync(Encoding.UTF8.GetBytes(Click(i) + "\n" + Click(i + 1000)), "application/x-ndjson"),
            _ => server.GetAsync(Pixel),
        })).WaitAsync(_limit, TestContext.Current.CancellationToken);

        foreach (var answer in answers)
        {
            Assert.True(answer.IsSuccessStatusCode, $"{answer.RequestMessage!.RequestUri}: {answer.StatusCode}");
            answer.Dispose();
        }

        Assert.Equal(before + 210, (await server.ClicksAsync()).Count);
    }

    [Theory]
    [InlineData("true", "true", "GET")]
    [InlineData("true", "true", "HEAD")]
    [InlineData("true", "false", "GET")]
    [InlineData("false", "true", "GET")]
    [InlineData("false", "false", "GET")]
    public async Task A_client_that_asks_on_and_on_and_reads_nothing_holds_nobody_up(string socketThreadReads, string writerAnswers, string method)
    {
        await using var server = await TrackingServer.StartAsync(("Ingestion:SocketThreadReads", socketThreadReads), ("Ingestion:WriterAnswers", writerAnswers));
        using var deaf = new TcpClient { ReceiveBufferSize = 1024 };
        await deaf.ConnectAsync(IPAddress.Loopback, server.Client.BaseAddress!.Port, TestContext.Current.CancellationToken);
        var requests = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat($"{method} /track/click{Pixel} HTTP/1.1\r\nHost: localhost\r\n\r\n", 500)));
        var asked = AskOnAsync(deaf.GetStream(), requests);

        for (var i = 0; i < 50; i++)
        {
            using var answer = await server.GetAsync(Pixel).WaitAsync(_limit, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        deaf.Close();
        await asked;
    }

    /// <summary>Another one for each number.</summary>
    private static string Click(int number) => $$"""{"ad_id":"a","campaign_id":"c","timestamp_ms":{{1_700_000_000_000 + number}}}""";

    /// <summary>Until the connection takes no more, and then is closed.</summary>
    private static async Task AskOnAsync(NetworkStream stream, byte[] requests)
    {
        try
        {
            while (true) await stream.WriteAsync(requests);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // As it should end.
        }
    }
}
