using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;

namespace Adclicks.Tests.Access;

/// <summary>What <c>/openapi/v1.json</c> says of the whole server holds for every endpoint that there is.</summary>
[Collection(nameof(WholeServerTests))]
public sealed class DescriptionTests(WholeServer server)
{
    private const string ProblemType = "application/problem+json";

    /// <summary>The pages, their files and the description itself.</summary>
    private static readonly string[] Undescribed = ["/", "/assets/{name}", "/docs", "/docs/{name}", "GET /graphql", "HEAD /graphql", "/graphiql/{name}", "/openapi/{documentName}.json"];

    /// <summary>What succeeds without a body.</summary>
    private static readonly string[] WithoutBody = ["202", "204", "302", "304"];

    /// <summary>Members whose own members differ from answer to answer.</summary>
    private static readonly string[] Free = ["said", "facts", "verdicts", "checks"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_endpoint_is_described()
    {
        var described = (await OperationsAsync()).Select(o => $"{o.Method} {o.Path}").ToHashSet(StringComparer.Ordinal);
        var missing = Mapped().Where(e => e.Method != "OPTIONS" && !Undescribed.Contains(e.Path) && !Undescribed.Contains($"{e.Method} {e.Path}")).Select(e => $"{e.Method} {e.Path}").Except(described);
        Assert.Equal([], missing);
    }

    [Fact]
    public async Task Every_operation_says_what_succeeds_and_that_errors_are_problems()
    {
        var wrong = new List<string>();
        foreach (var (method, path, operation) in await OperationsAsync())
        {
            var name = $"{method} {path}";
            if (string.IsNullOrEmpty(operation.GetProperty("summary").GetString())) wrong.Add($"{name} has no summary");
            var answers = operation.GetProperty("responses").EnumerateObject().ToList();
            if (!answers.Any(a => a.Name[0] == '2')) wrong.Add($"{name} never succeeds");
            foreach (var answer in answers)
            {
                var contents = answer.Value.TryGetProperty("content", out var content) ? content.EnumerateObject().ToList() : [];
                var hasBody = method != "HEAD" && !WithoutBody.Contains(answer.Name);
                if (hasBody != (contents.Count > 0)) wrong.Add($"{name} {answer.Name} {(hasBody ? "has no content" : "has content")}");
                if (contents.Any(c => !c.Value.TryGetProperty("schema", out var schema) || !schema.EnumerateObject().Any())) wrong.Add($"{name} {answer.Name} has content without a schema");
                if (hasBody && answer.Name[0] is '4' or '5' && !path.StartsWith("/health", StringComparison.Ordinal) && contents.All(c => c.Name != ProblemType)) wrong.Add($"{name} {answer.Name} is no problem");
            }
        }

        Assert.Equal([], wrong);
    }

    [Fact]
    public async Task Keys_are_asked_for_exactly_where_the_endpoint_has_a_policy()
    {
        var needs = Mapped().ToDictionary(e => $"{e.Method} {e.Path}", e => e.NeedsKey, StringComparer.Ordinal);
        var limited = Mapped().Where(e => e.IsLimited).Select(e => $"{e.Method} {e.Path}").ToHashSet(StringComparer.Ordinal);
        foreach (var (method, path, operation) in await OperationsAsync())
        {
            var name = $"{method} {path}";
            var answers = operation.GetProperty("responses");
            var schemes = operation.GetProperty("security").EnumerateArray().Select(s => string.Join('+', s.EnumerateObject().Select(p => p.Name))).ToList();
            Assert.True(needs[name] == answers.TryGetProperty("401", out _), name);
            Assert.True(needs[name] == answers.TryGetProperty("403", out _), name);
            Assert.True(!limited.Contains(name) || answers.TryGetProperty("429", out _), name);
            Assert.Equal(needs[name] ? ["key", "bearer"] : name == "POST /track/click_event" ? ["", "key", "bearer"] : [], schemes);
        }
    }

    [Fact]
    public async Task What_is_answered_is_described()
    {
        var wrong = new List<string>();
        foreach (var (method, path, operation) in await OperationsAsync())
        {
            foreach (var caller in (string[])["nobody", "publisher", "admin"])
            {
                var target = path.Replace("{id}", path.StartsWith("/admin/generations", StringComparison.Ordinal) ? "999" : "none", StringComparison.Ordinal)
                    .Replace("{stream}/{revision}", "none/0", StringComparison.Ordinal).Replace("{day}", "2015-05-18", StringComparison.Ordinal);
                using var response = await server.SendAsync(caller, new HttpMethod(method), target, method is "POST" or "PUT" ? "{}" : null);
                var (status, type) = (((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture), response.Content.Headers.ContentType?.MediaType);
                if (!operation.GetProperty("responses").TryGetProperty(status, out var answer)) wrong.Add($"{method} {path} as {caller}: {status}");
                else if (method != "HEAD" && type is not null && !(answer.TryGetProperty("content", out var content) && content.TryGetProperty(type, out _))) wrong.Add($"{method} {path} as {caller}: {status} {type}");
            }
        }

        Assert.Equal([], wrong);
    }

    [Fact]
    public async Task Only_what_may_be_left_out_is_optional()
    {
        var schemas = (await DocumentAsync()).GetProperty("components").GetProperty("schemas");

        Assert.False(schemas.GetProperty("BuildRequest").TryGetProperty("required", out _));
        var required = schemas.GetProperty("KeyReport").GetProperty("required").EnumerateArray().Select(r => r.GetString()).ToList();
        Assert.Contains("expires_at", required);
        Assert.DoesNotContain("advertiser_id", required);
    }

    [Theory]
    [InlineData("/reports/clicks/timeseries", "?start_time=2015-05-16&end_time=2015-05-21&dimensions=ad_id&limit=1")]
    [InlineData("/reports/clicks/breakdown", "?start_time=2015-05-16&end_time=2015-05-21&dimensions=ad_id&limit=1")]
    [InlineData("/reports/clicks/topN", "?start_time=2015-05-16&end_time=2015-05-21&dimension=ad_id")]
    [InlineData("/reports/clicks/totals", "?start_time=2015-05-16&end_time=2015-05-21")]
    [InlineData("/reports/clicks/verdicts", "?start_time=2015-05-16&end_time=2015-05-21")]
    [InlineData("/reports/clicks/extent", "")]
    [InlineData("/billing/statements", "?advertiser_id=acme&month=2015-05")]
    [InlineData("/clicks/{id}/explanation", "", "acme-click-1")]
    [InlineData("/reference/ads", "?limit=1")]
    [InlineData("/reference/ads/{id}", "", "acme-banner")]
    [InlineData("/reference/ads/{id}/history", "", "acme-banner")]
    [InlineData("/reference/advertisers/{id}", "", "acme")]
    [InlineData("/reference/campaigns/{id}", "", "acme-spring")]
    [InlineData("/reference/publishers/{id}", "", "news")]
    [InlineData("/admin/status", "")]
    [InlineData("/admin/audit", "?limit=5")]
    [InlineData("/admin/keys", "")]
    [InlineData("/admin/generations", "")]
    [InlineData("/admin/billing", "")]
    [InlineData("/admin/privacy", "")]
    [InlineData("/health/ready", "")]
    public async Task No_answer_has_a_member_that_is_not_described(string path, string query, string id = "")
    {
        var document = await DocumentAsync();
        var schema = document.GetProperty("paths").GetProperty(path).GetProperty("get").GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("schema");

        var (status, body) = await server.ReadAsync("admin", path.Replace("{id}", id, StringComparison.Ordinal) + query);

        Assert.True(status == 200, body);
        Assert.Equal([], Undescribable(document, JsonDocument.Parse(body).RootElement, schema).Distinct());
    }

    private static IEnumerable<string> Undescribable(JsonElement document, JsonElement answer, JsonElement schema)
    {
        if (schema.TryGetProperty("$ref", out var reference)) schema = document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]);
        if (answer.ValueKind == JsonValueKind.Array) return answer.EnumerateArray().SelectMany(item => Undescribable(document, item, schema.GetProperty("items")));
        if (answer.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var members)) return [];
        return answer.EnumerateObject().SelectMany(member =>
            Free.Contains(member.Name) ? [] : members.TryGetProperty(member.Name, out var inner) ? Undescribable(document, member.Value, inner) : [member.Name]);
    }

    private IEnumerable<(string Method, string Path, bool NeedsKey, bool IsLimited)> Mapped() =>
        from endpoint in server.Endpoints
        let path = "/" + endpoint.RoutePattern.RawText!.Trim('/').Replace(":int", "", StringComparison.Ordinal).Replace(":long", "", StringComparison.Ordinal)
        let needsKey = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null && (endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null || endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is not null)
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["ANY"]
        select (method, path, needsKey, endpoint.Metadata.GetMetadata<EnableRateLimitingAttribute>() is not null);

    private async Task<List<(string Method, string Path, JsonElement Operation)>> OperationsAsync() =>
        [.. (await DocumentAsync()).GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(o => (o.Name.ToUpperInvariant(), path.Name, o.Value)))];

    private async Task<JsonElement> DocumentAsync() => JsonDocument.Parse(await server.Client.GetStringAsync("/openapi/v1.json", Token)).RootElement;
}
