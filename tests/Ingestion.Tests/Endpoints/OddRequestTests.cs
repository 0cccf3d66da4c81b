using System.Net;
using System.Net.Sockets;
using System.Text;
using Adclicks.Ingestion.Tests.Support;

namespace Adclicks.Ingestion.Tests.Endpoints;

/// <summary>Requests that are unusual, and none of which is turned away without a word.</summary>
public sealed class OddRequestTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("User-Agent")]
    [InlineData("Referer")]
    [InlineData("X-Anything")]
    public async Task A_header_that_is_no_utf8_costs_no_click(string header)
    {
        await using var server = await TrackingServer.StartAsync();

        var answer = await SendAsync(server, $"GET /track/click?ad_id=odd&campaign_id=c HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{header}: caf\u00E9\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        var click = Assert.Single(await server.ClicksAsync(), c => c.AdId == "odd");
        Assert.Equal(header == "User-Agent" ? "caf\uFFFD" : "", click.UserAgent);
    }

    [Fact]
    public async Task A_click_url_may_be_as_long_as_its_fields()
    {
        await using var server = await TrackingServer.StartAsync();
        var id = new string('\u5E7F', 1_024);

        using var answer = await server.GetAsync($"?ad_id={Uri.EscapeDataString(id)}&campaign_id={Uri.EscapeDataString(id)}&publisher_id={Uri.EscapeDataString(id)}");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(await server.ClicksAsync(), c => c.AdId == id && c.CampaignId == id);
    }

    [Fact]
    public async Task Names_of_parameters_may_be_encoded_and_control_characters_of_a_header_are_left_out()
    {
        await using var server = await TrackingServer.StartAsync();

        await SendAsync(server, "GET /track/click?ad%5Fid=odd&campaign_id=c HTTP/1.1\r\nHost: h\r\nConnection: close\r\nUser-Agent: x\u0001y\u001B[31m\r\n\r\n");

        Assert.Equal("xy[31m", Assert.Single(await server.ClicksAsync(), c => c.AdId == "odd").UserAgent);
    }

    [Fact]
    public async Task A_batch_may_be_as_large_as_the_setting_says()
    {
        const int Bytes = 40_000_000;
        await using var server = await TrackingServer.StartAsync(("Ingestion:MaxBatchBytes", $"{Bytes}"));
        var click = """{"ad_id":"large","campaign_id":"c","timestamp_ms":1700000000000}"""u8;
        var body = new byte[Bytes];
        body.AsSpan().Fill((byte)'\n');
        click.CopyTo(body.AsSpan(Bytes - click.Length));

        using var answer = await server.PostBatchAsync(body, "application/x-ndjson");
        using var larger = await server.PostBatchAsync([.. body, (byte)'\n'], "application/x-ndjson");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.RequestEntityTooLarge), (answer.StatusCode, larger.StatusCode));
        Assert.Contains($"{Bytes}", await larger.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chunks_that_are_none_are_the_senders_fault()
    {
        await using var server = await TrackingServer.StartAsync();

        var answer = await SendAsync(server, "POST /track/click_event HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
    }

    /// <summary>The characters go out as single bytes.</summary>
    private static async Task<string> SendAsync(TrackingServer server, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Client.BaseAddress!.Host, server.Client.BaseAddress.Port, Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Token);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(Token);
    }
}
