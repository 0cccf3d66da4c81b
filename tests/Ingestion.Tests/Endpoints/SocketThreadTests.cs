using System.Text;
using Adclicks.Ingestion.Tests.Support;
using Adclicks.Support;

namespace Adclicks.Ingestion.Tests.Endpoints;

public sealed class SocketThreadTests
{
    private const string Pixel = "?ad_id=a&campaign_id=c", Click = """{"ad_id":"a","campaign_id":"c"}""";

    [Fact]
    public async Task Pixels_that_are_recorded_are_read_by_one_thread_and_all_else_by_the_pool()
    {
        await using var server = await StartAsync("true");
        var send = new Func<Task<HttpResponseMessage>>[]
        {
            () => server.GetAsync(Pixel, HttpMethod.Head),
            () => server.PostAsync(Click),
            () => server.PostBatchAsync(Encoding.UTF8.GetBytes(Click), "application/x-ndjson"),
            () => server.Client.GetAsync(new Uri("/track/adclicks.js", UriKind.Relative), TestContext.Current.CancellationToken),
        };

        foreach (var another in send)
        {
            // The connection is the same, and pixels are back on their thread after anything else.
            await Eventually.TrueAsync(async () => await ReaderOfAsync(server.GetAsync(Pixel)) == "single", "The pool reads pixels.");
            Assert.Equal("pool", await ReaderOfAsync(another()));
        }
    }

    [Fact]
    public async Task A_pixel_that_is_not_recorded_takes_its_connection_to_the_pool()
    {
        await using var server = await StartAsync("true");

        foreach (var (query, headers) in new (string, (string, string)[])[] { ("?campaign_id=c", []), (Pixel, [("Sec-Purpose", "prefetch")]), (Pixel + "&redirect_url=ftp://x", []) })
        {
            // The pool may have read the next before the thread of the sockets was asked, whatever the connection prefers: then it is tried again.
            await Eventually.TrueAsync(
                async () => await ReaderOfAsync(server.GetAsync(Pixel)) == "single" && await ReaderOfAsync(server.GetAsync(query, null, headers)) == "single",
                "The pool reads pixels.");
            Assert.Equal("pool", await ReaderOfAsync(server.GetAsync(Pixel)));
        }
    }

    [Fact]
    public async Task The_pool_reads_all_where_it_is_to()
    {
        await using var server = await StartAsync("false");

        for (var i = 0; i < 20; i++) Assert.Equal("pool", await ReaderOfAsync(server.GetAsync(Pixel)));
    }

    /// <summary>The pool answers, so that no request is read by the thread that answered the one before it.</summary>
    private static Task<TrackingServer> StartAsync(string socketThreadReads) =>
        TrackingServer.StartAsync(("Ingestion:SocketThreadReads", socketThreadReads), ("Ingestion:WriterAnswers", "false"));

    private static async Task<string> ReaderOfAsync(Task<HttpResponseMessage> sending)
    {
        using var answer = await sending;
        return Assert.Single(answer.Headers.GetValues(TrackingServer.ReadBy));
    }
}
