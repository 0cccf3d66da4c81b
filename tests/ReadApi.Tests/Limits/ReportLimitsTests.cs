using System.Net;
using System.Security.Claims;
using System.Text.Json;
using Adclicks.Domain.Access;
using Adclicks.ReadApi.Limits;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Adclicks.ReadApi.Tests.Limits;

public sealed class ReportLimitsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_asks_too_often_is_told_when_to_ask_again_and_others_are_not_in_its_way()
    {
        await using var app = await StartAsync(() => Task.CompletedTask, ("Burst", "3"), ("RequestsPerSecond", "1"));
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        var statuses = new List<HttpStatusCode>();
        // More in no time than the bucket holds and gets meanwhile.
        for (var i = 0; i < 20; i++)
        {
            using var answer = await GetAsync(client, "k1");
            statuses.Add(answer.StatusCode);
            if (answer.StatusCode != HttpStatusCode.TooManyRequests) continue;
            Assert.True(answer.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
            Assert.Equal(429, JsonElement.Parse(await answer.Content.ReadAsStringAsync(Token)).GetProperty("status").GetInt32());
        }

        Assert.All(statuses.Take(3), status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
        using var other = await GetAsync(client, "k2");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task A_key_has_so_many_questions_at_a_time_some_wait_and_the_rest_are_refused()
    {
        var (atWork, go) = (new SemaphoreSlim(0), new TaskCompletionSource());
        await using var app = await StartAsync(
            () =>
            {
                atWork.Release();
                return go.Task;
            },
            ("Concurrent", "1"), ("Waiting", "1"));
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        var first = GetAsync(client, "k1");
        await atWork.WaitAsync(TimeSpan.FromSeconds(20), Token);

        // Of two more one waits and the other is refused; which is which, the network says.
        var more = new List<Task<HttpResponseMessage>> { GetAsync(client, "k1"), GetAsync(client, "k1") };
        var early = await Task.WhenAny(more).WaitAsync(TimeSpan.FromSeconds(20), Token);
        using var refused = await early;
        using var other = GetAsync(client, "k2");
        await atWork.WaitAsync(TimeSpan.FromSeconds(20), Token);
        go.SetResult();
        using var waited = await more.Single(task => task != early).WaitAsync(TimeSpan.FromSeconds(20), Token);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, waited.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await first).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await other).StatusCode);
    }

    private static async Task<WebApplication> StartAsync(Func<Task> answer, params (string Key, string Value)[] limits)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        foreach (var (key, value) in limits) builder.Configuration[$"{LimitOptions.Section}:{key}"] = value;
        builder.Services.AddReportLimits(builder.Configuration);
        var app = builder.Build();
        app.UseRouting();
        app.Use((http, next) =>
        {
            http.User = new ClaimsPrincipal(new ClaimsIdentity([new(CallerClaims.KeyId, http.Request.Headers["X-Api-Key"].ToString())], "test"));
            return next(http);
        });
        app.UseRateLimiter();
        app.MapGet("/", async () =>
        {
            await answer();
            return Results.Text("rows");
        }).LimitedPerKey();
        await app.StartAsync(Token);
        return app;
    }

    private static async Task<HttpResponseMessage> GetAsync(HttpClient client, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("X-Api-Key", key);
        return await client.SendAsync(request, Token);
    }
}
