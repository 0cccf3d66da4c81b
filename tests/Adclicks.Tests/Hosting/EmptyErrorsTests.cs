using System.Net;
using System.Text.Json;
using Adclicks.Domain.Access;
using Adclicks.Hosting;
using Adclicks.Tests.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Adclicks.Tests.Hosting;

/// <summary>What is refused before an endpoint can say why is explained all the same.</summary>
[Collection(nameof(WholeServerTests))]
public sealed class EmptyErrorsTests(WholeServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("POST", "/nothing/at/all", 404)]
    [InlineData("GET", "/docs/nothing", 404)]
    [InlineData("DELETE", "/track/click", 405)]
    [InlineData("PUT", "/admin/status", 405)]
    [InlineData("POST", "/admin/audit", 400)]
    [InlineData("POST", "/admin/privacy/erase", 400)]
    [InlineData("GET", "/admin/deadletters?take=many", 400)]
    [InlineData("POST", "/admin/privacy/days/2020-01-01/shred", 404)]
    public async Task An_error_is_a_problem_document(string method, string path, int status)
    {
        using var response = await server.SendAsync(Roles.Admin, new HttpMethod(method), path);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.Contains("X-Correlation-Id"));
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.NotEqual("", problem.GetProperty("title").GetString());
        if (status != 405) return;
        Assert.Equal(response.Content.Headers.Allow, problem.GetProperty("allowed").EnumerateArray().Select(m => m.GetString()!));
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_a_problem_document()
    {
        using var response = await server.SendAsync(Roles.Admin, HttpMethod.Post, "/admin/keys", $$"""{"name": "{{new string('a', 20_000)}}"}""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task What_nobody_expected_is_a_problem_document_without_the_reason()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.UseRouting();
        app.UseProblemsForEmptyErrors();
        app.MapGet("/", (HttpContext http) =>
        {
            http.Response.Headers.ETag = "\"of-the-answer\"";
            throw new FormatException("secret");
        });
        await app.StartAsync(Token);
        using var client = new HttpClient();

        using var response = await client.GetAsync(new Uri(app.Urls.First()), Token);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Null(response.Headers.ETag);
        Assert.DoesNotContain("secret", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nothing", 404)]
    [InlineData("/docs/nothing", 404)]
    [InlineData("/admin/status", 405)]
    [InlineData("/docs", 200)]
    [InlineData("/openapi/v1.json", 200)]
    [InlineData("/track/click_events.proto", 200)]
    [InlineData("/health/ready", 200)]
    public async Task Nothing_follows_the_headers_of_an_answer_to_HEAD(string path, int status)
    {
        using var response = await server.SendAsync(Roles.Admin, HttpMethod.Head, path);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("", await response.Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [InlineData("click", "GET, HEAD, OPTIONS", true)]
    [InlineData("click_event", "POST, OPTIONS", true)]
    [InlineData("click_events", "POST, OPTIONS", false)]
    [InlineData("click_events.proto", "GET, HEAD, OPTIONS", false)]
    [InlineData("adclicks.js", "GET, HEAD, OPTIONS", true)]
    public async Task OPTIONS_names_the_methods_of_what_is_tracked(string path, string methods, bool isForPages)
    {
        using var response = await server.SendAsync("nobody", HttpMethod.Options, "/track/" + path);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(methods, string.Join(", ", response.Content.Headers.Allow));
        Assert.Equal(isForPages, response.Headers.Contains("Access-Control-Allow-Origin"));
    }
}
