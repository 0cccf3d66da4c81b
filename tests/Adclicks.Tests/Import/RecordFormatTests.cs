using System.Buffers;
using System.Text;
using System.Text.Json;
using Adclicks.Import;

namespace Adclicks.Tests.Import;

/// <summary>What the clicks of a file become before they are sent.</summary>
public sealed class RecordFormatTests
{
    private const string Agent = "Mozilla/5.0 (X11; Linux x86_64)";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_line_of_an_access_log_is_a_click()
    {
        var click = await OnlyAsync(new CombinedFormat(), Line("GET /shoes/red?size=9 HTTP/1.1", "https://News.example:8443/today?x=1"));
        Assert.Equal(1431857103000, click.GetProperty("timestamp_ms").GetInt64());
        Assert.Equal("/shoes/red", Text(click, "ad_id"));
        Assert.Equal("shoes", Text(click, "campaign_id"));
        Assert.Equal("news.example", Text(click, "publisher_id"));
        Assert.Equal("83.149.9.216", Text(click, "ip_address"));
        Assert.Equal(Agent, Text(click, "user_agent"));
        Assert.Equal("/shoes/red?size=9", Text(click, "click_url"));
    }

    [Theory]
    [InlineData("-", "direct")]
    [InlineData("", "direct")]
    [InlineData("android-app", "direct")]
    [InlineData("http://user:pw@shop.example/?a=b@c", "shop.example")]
    [InlineData("http://[2001:db8::1]:81/x", "[2001:db8::1]")]
    [InlineData(@"http://caf\xc3\xa9.example/", "café.example")]
    [InlineData(@"http://\xe4\xe5-\xec.\xf0/", @"\xe4\xe5-\xec.\xf0")]
    public async Task The_publisher_is_the_referrers_host_as_logged(string referrer, string publisher)
    {
        var click = await OnlyAsync(new CombinedFormat(), Line("GET / HTTP/1.1", referrer));
        Assert.Equal(publisher, Text(click, "publisher_id"));
        Assert.Equal("home", Text(click, "campaign_id"));
    }

    [Theory]
    [InlineData("83.149.9.216 - - 17/May/2015 \"GET / HTTP/1.1\"", "no [time]")]
    [InlineData("83.149.9.216 - - [17/Mai/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\"", "the time in [ ]")]
    [InlineData("83.149.9.216 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 20 5 \"-\" \"-\"", "the status")]
    [InlineData("83.149.9.216 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"Mozilla", "the user agent has no closing quote")]
    [InlineData("83.149.9.216 - - [17/May/2015:10:05:03 +0000] \"nonsense\" 200 5 \"-\" \"-\"", "the request is not")]
    public async Task A_line_of_another_format_is_explained(string line, string problem)
    {
        var (_, problems) = await ReadAsync(new CombinedFormat(), line);
        Assert.Contains(problem, Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_of_csv_are_mapped_and_the_unknown_kept()
    {
        var format = new CsvFormat(ColumnMap.Parse("Banner=ad_id,when=timestamp_ms"));
        var (clicks, problems) = await ReadAsync(format, """
            when,Banner,campaign_id,colour
            2015-05-17T10:05:03Z,"a,1",c,red
            1431857103000,a2,c,
            ,,
            """);
        Assert.Contains("3 cells under 4 columns", Assert.Single(problems), StringComparison.Ordinal);
        Assert.Equal([1431857103000, 1431857103000], clicks.Select(c => c.GetProperty("timestamp_ms").GetInt64()));
        Assert.Equal(["a,1", "a2"], clicks.Select(c => Text(c, "ad_id")));
        Assert.Equal("red", Text(clicks[0], "colour"));
        Assert.False(clicks[1].TryGetProperty("colour", out _));
    }

    [Fact]
    public async Task A_csv_without_the_fields_every_click_needs_is_refused()
    {
        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(new CsvFormat(ColumnMap.Parse(null)), "ad_id,other\na,b\n"));
        Assert.Contains("No column is campaign_id", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_of_json_keeps_its_own_event_id_and_else_gets_the_same_one_in_every_run()
    {
        const string File = """
            {"event_id": "mine", "ad": "a"}
            {"event_id": "", "ad": "a"}
            {"event_id": "", "ad": "a"}
            not json
            """;
        var (first, problems) = await ReadAsync(new NdjsonFormat(ColumnMap.Parse("ad=ad_id")), File);
        var (second, _) = await ReadAsync(new NdjsonFormat(ColumnMap.Parse("ad=ad_id")), File);
        Assert.Contains("not JSON", Assert.Single(problems), StringComparison.Ordinal);
        Assert.Equal("mine", Text(first[0], "event_id"));
        Assert.Equal(first.Select(c => Text(c, "event_id")), second.Select(c => Text(c, "event_id")));
        Assert.Equal(3, first.Select(c => Text(c, "event_id")).Distinct().Count());
        Assert.All(first, c => Assert.Equal("a", Text(c, "ad_id")));
    }

    [Theory]
    [InlineData("ad_id")]
    [InlineData("=ad_id")]
    [InlineData("ad=")]
    public void A_map_that_is_not_pairs_is_refused(string map) =>
        Assert.Contains("is not column=field", Assert.Throws<FormatException>(() => ColumnMap.Parse(map)).Message, StringComparison.Ordinal);

    private static string Line(string request, string referrer) =>
        $"83.149.9.216 - - [17/May/2015:10:05:03 +0000] \"{request}\" 200 512 \"{referrer}\" \"{Agent}\"";

    private static string? Text(JsonElement click, string field) => click.GetProperty(field).GetString();

    private static async Task<JsonElement> OnlyAsync(IRecordFormat format, string line)
    {
        var (clicks, problems) = await ReadAsync(format, line);
        Assert.Empty(problems);
        return Assert.Single(clicks);
    }

    private static async Task<(List<JsonElement> Clicks, List<string> Problems)> ReadAsync(IRecordFormat format, string file)
    {
        var (clicks, problems) = (new List<JsonElement>(), new List<string>());
        var lines = new LineReader(new MemoryStream(Encoding.UTF8.GetBytes(file)));
        while (await format.ReadAsync(lines, Token) is { } record)
        {
            var bytes = new ArrayBufferWriter<byte>();
            await using var json = new Utf8JsonWriter(bytes);
            if (format.Write(record, json) is { } problem)
            {
                problems.Add(problem);
                continue;
            }

            await json.FlushAsync(Token);
            clicks.Add(JsonDocument.Parse(bytes.WrittenMemory).RootElement);
        }

        return (clicks, problems);
    }
}
