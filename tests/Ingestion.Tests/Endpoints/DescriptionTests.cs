using System.Net;
using System.Text;
using System.Text.Json;
using Adclicks.Domain.Access;
using Adclicks.Ingestion.Tests.Support;

namespace Adclicks.Ingestion.Tests.Endpoints;

/// <summary>What <c>/openapi/v1.json</c> says of tracking and reference data holds.</summary>
public sealed class DescriptionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_examples_are_accepted()
    {
        await using var server = await TrackingServer.StartAsync();
        var paths = await PathsAsync(server);
        foreach (var collection in new[] { "advertisers", "campaigns", "ads", "publishers", "rules" })
        {
            var put = paths.GetProperty($"/reference/{collection}/{{id}}").GetProperty("put");
            var id = put.GetProperty("parameters").EnumerateArray().Single(p => p.GetProperty("name").GetString() == "id").GetProperty("example").GetString();
            Assert.Equal(HttpStatusCode.Created, await SendAsync(server, HttpMethod.Put, $"/reference/{collection}/{id}", Roles.Admin, ExampleOf(put)));
        }

        foreach (var path in new[] { "/track/click_event", "/track/click_events" })
            Assert.Equal(HttpStatusCode.OK, await SendAsync(server, HttpMethod.Post, path, Roles.Ingest, ExampleOf(paths.GetProperty(path).GetProperty("post"))));
    }

    [Fact]
    public async Task Every_operation_says_what_it_is_and_what_it_answers()
    {
        await using var server = await TrackingServer.StartAsync();
        var operations = (await PathsAsync(server)).EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(o => (Path: path.Name, Operation: o.Value))).ToList();
        Assert.True(operations.Count > 25);
        Assert.All(operations, o => Assert.False(string.IsNullOrEmpty(o.Operation.GetProperty("summary").GetString()), o.Path));
        Assert.All(operations, o => Assert.NotEmpty(o.Operation.GetProperty("responses").EnumerateObject()));
        Assert.All(operations.Where(o => o.Path.Contains("{id}", StringComparison.Ordinal)), o => Assert.Contains(
            o.Operation.GetProperty("parameters").EnumerateArray(), p => p.GetProperty("in").GetString() == "path" && p.GetProperty("required").GetBoolean()));
    }

    private static async Task<JsonElement> PathsAsync(TrackingServer server) =>
        JsonDocument.Parse(await server.Client.GetStringAsync("/openapi/v1.json", Token)).RootElement.GetProperty("paths");

    private static string ExampleOf(JsonElement operation) =>
        operation.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("example").GetRawText();

    private static async Task<HttpStatusCode> SendAsync(TrackingServer server, HttpMethod method, string path, string role, string json)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Role", role);
        using var response = await server.Client.SendAsync(request, Token);
        return response.StatusCode;
    }
}
