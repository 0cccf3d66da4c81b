using Adclicks.Domain.Access;
using Adclicks.EventStore.Audit;
using GraphQL.Types;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Adclicks.Tests.Access;

/// <summary>Who may what. An endpoint or a field that is not in the tables fails: whoever adds one says here whose it is.</summary>
[Collection(nameof(WholeServerTests))]
public sealed class RoleMatrixTests(WholeServer server)
{
    private const string Unread = "unread";

    private static readonly string[] Everybody = ["nobody", Roles.Ingest, Roles.Advertiser, Roles.Publisher, Roles.Analyst, Roles.Admin];
    private static readonly string[] Senders = [Roles.Ingest, Roles.Admin];
    private static readonly string[] Readers = [Roles.Advertiser, Roles.Publisher, Roles.Analyst, Roles.Admin];
    private static readonly string[] Analysts = [Roles.Analyst, Roles.Admin];
    private static readonly string[] Billed = [Roles.Advertiser, Roles.Analyst, Roles.Admin];
    private static readonly string[] Explained = [Roles.Advertiser, Roles.Admin];
    private static readonly string[] Admins = [Roles.Admin];
    private static readonly string[] BadKeys = ["wrong", "revoked", "expired"];

    /// <summary>Whoever asks, with whatever key: it is not looked at.</summary>
    private static readonly string[] Whoever = [Unread];

    private static readonly Dictionary<string, string[]> Endpoints = new(StringComparer.Ordinal)
    {
                ["GET /track/click"] = Whoever, ["HEAD /track/click"] = Whoever, ["OPTIONS /track/click"] = Everybody, ["OPTIONS /track/click_events"] = Everybody, ["OPTIONS /track/click_event"] = Everybody, ["OPTIONS /track/click_events.proto"] = Everybody, ["OPTIONS /track/adclicks.js"] = Everybody,
        ["POST /track/click_event"] = Everybody,
        ["POST /track/click_events"] = Senders,
        ["GET /reports/clicks/timeseries"] = Readers, ["POST /reports/clicks/timeseries"] = Readers, ["GET /reports/clicks/topN"] = Readers, ["POST /reports/clicks/topN"] = Readers,
        ["GET /reports/clicks/totals"] = Readers, ["POST /reports/clicks/totals"] = Readers, ["GET /reports/clicks/breakdown"] = Readers, ["POST /reports/clicks/breakdown"] = Readers,
        ["GET /reports/clicks/extent"] = Readers, ["GET /reports/clicks/stream"] = Readers, ["POST /graphql"] = Readers, ["GET /reports/clicks/verdicts"] = Analysts,
        ["GET /billing/statements"] = Billed, ["GET /clicks/{id}/explanation"] = Explained,
        ["GET /admin/status"] = Admins, ["GET /admin/audit"] = Admins, ["POST /admin/audit"] = Admins, ["GET /admin/rejections"] = Admins, ["GET /admin/keys"] = Admins, ["POST /admin/keys"] = Admins, ["DELETE /admin/keys/{id}"] = Admins,
        ["GET /admin/generations"] = Admins, ["POST /admin/generations"] = Admins, ["GET /admin/generations/{id:int}"] = Admins, ["DELETE /admin/generations/{id:int}"] = Admins,
        ["GET /admin/generations/{id:int}/differences"] = Admins, ["POST /admin/generations/{id:int}/switch"] = Admins, ["POST /admin/generations/{id:int}/resume"] = Admins,
        ["GET /admin/deadletters"] = Admins, ["GET /admin/deadletters/{stream}/{revision:long}"] = Admins, ["DELETE /admin/deadletters/{stream}/{revision:long}"] = Admins,
        ["POST /admin/deadletters/{stream}/{revision:long}/retry"] = Admins, ["GET /admin/billing"] = Admins, ["POST /admin/billing/close"] = Admins, ["POST /admin/archive/trim"] = Admins,
        ["GET /admin/privacy"] = Admins, ["POST /admin/privacy/days/{day}/shred"] = Admins, ["POST /admin/privacy/rotate-master"] = Admins,
        ["POST /admin/privacy/erase"] = Admins, ["POST /admin/privacy/export"] = Admins,
    };

    /// <summary>What of the schema is whose; what is asked for is everything below it, so many levels deep.</summary>
    private static readonly Dictionary<string, (string Arguments, string[] Who, int Depth)> Fields = new(StringComparer.Ordinal)
    {
        ["timeSeries"] = ("""(startTime: "2015-05-16", endTime: "2015-05-21", granularity: DAY, dimensions: [ADVERTISER_ID, CAMPAIGN_ID, AD_ID, PUBLISHER_ID], compare: "previous_period")""", Readers, 3),
        ["topN"] = ("""(startTime: "2015-05-16", endTime: "2015-05-21", dimension: AD_ID)""", Readers, 3),
        ["totals"] = ("""(startTime: "2015-05-16", endTime: "2015-05-21")""", Readers, 3),
        ["breakdown"] = ("""(startTime: "2015-05-16", endTime: "2015-05-21", dimensions: [ADVERTISER_ID, PUBLISHER_ID])""", Readers, 3),
        ["freshness"] = ("", Readers, 3),
        ["generations"] = ("", Analysts, 3),
        ["verdicts"] = ("""(startTime: "2015-05-16", endTime: "2015-05-21")""", Analysts, 3),
        ["advertisers"] = ("", Readers, 2), ["campaigns"] = ("", Readers, 2), ["ads"] = ("", Readers, 2), ["publishers"] = ("", Readers, 2),
    };

    static RoleMatrixTests()
    {
        string[] files = ["/", "/assets/{name}", "/docs", "/docs/{name}", "/graphql", "/graphiql/{name}", "/openapi/{documentName}.json", "/track/click_events.proto", "/track/adclicks.js"];
        foreach (var open in (string[])[.. files, "/health/live", "/health/ready", "/metrics"]) (Endpoints["GET " + open], Endpoints["HEAD " + open]) = (Everybody, Everybody);
        foreach (var items in new[] { "advertisers", "campaigns", "ads", "publishers", "rules" })
        {
            foreach (var read in new[] { "", "/{id}", "/{id}/history" }) Endpoints[$"GET /reference/{items}{read}"] = Analysts;
            foreach (var write in new[] { "PUT", "DELETE" }) Endpoints[$"{write} /reference/{items}/{{id}}"] = Admins;
        }
    }

    [Fact]
    public async Task Every_endpoint_answers_those_it_is_for_and_nobody_else()
    {
        var found = server.Endpoints.SelectMany(e => MethodsOf(e).Select(m => (Name: $"{m} {PathOf(e)}", Method: m, Path: PathOf(e)))).DistinctBy(e => e.Name).ToList();
        Assert.Equal([], found.Select(e => e.Name).Except(Endpoints.Keys));

        var wrong = new List<string>();
        foreach (var (name, method, path) in found)
        {
            foreach (var caller in (string[])[.. Everybody, .. BadKeys])
            {
                var status = await AskAsync(caller, method, path);
                if (!IsRight(Endpoints[name], caller, status)) wrong.Add($"{name} as {caller}: {status}");
            }
        }

        Assert.Equal([], wrong);
    }

    [Fact]
    public void Every_administrative_action_is_on_the_audit_log()
    {
        // Keys and reference data are events that the audit log reads; what concerns a person is recorded by the endpoint itself, without the person.
        string[] recordedOtherwise = ["/admin/audit", "/admin/keys", "/admin/keys/{id}", "/admin/privacy/erase", "/admin/privacy/export"];

        var silent = server.Endpoints.Where(e => PathOf(e).StartsWith("/admin/", StringComparison.Ordinal) && !MethodsOf(e).Contains("GET"))
            .Where(e => e.Metadata.GetMetadata<AuditedAttribute>() is null).Select(PathOf).Except(recordedOtherwise);

        Assert.Equal([], silent);
    }

    [Fact]
    public async Task Every_field_answers_those_it_is_for_and_holds_nothing_of_others()
    {
        var schema = server.Services.GetRequiredService<ISchema>();
        schema.Initialize();
        Assert.Null(schema.Mutation);
        Assert.Null(schema.Subscription);
        Assert.Equal([], schema.Query.Fields.Select(f => f.Name).Except(Fields.Keys));

        foreach (var field in schema.Query.Fields)
        {
            var (arguments, who, depth) = Fields[field.Name];
            var query = $"{{ {field.Name}{arguments} {Selection(field.ResolvedType!, depth)} }}";
            foreach (var caller in (string[])[.. Everybody, .. BadKeys])
            {
                var (status, body) = await server.QueryAsync(caller, query);
                // Whoever may ask, and not for this field, is told so in the answer.
                Assert.True(IsRight(Readers, caller, status), $"{field.Name} as {caller}: {status} {body}");
                if (status != 200) continue;
                Assert.True(who.Contains(caller) != body.Contains("\"errors\"", StringComparison.Ordinal), $"{field.Name} as {caller}: {body}");
                var seesAll = caller is Roles.Analyst or Roles.Admin;
                Assert.True(seesAll || !body.Contains(WholeServer.Rival, StringComparison.Ordinal), $"{field.Name} as {caller}: {body}");
            }
        }
    }

    private static bool IsRight(string[] who, string caller, int status)
    {
        if (who.Contains(Unread)) return status is not (401 or 403) and < 500;
        if (BadKeys.Contains(caller)) return status == 401;
        if (who.Contains(caller)) return status is not (401 or 403) and < 500;
        return status == (caller == "nobody" ? 401 : 403);
    }

    /// <summary>Ids that there are not, so that nobody's request changes what others are answered.</summary>
    private async Task<int> AskAsync(string caller, string method, string path)
    {
        var filled = path.Replace("{id:int}", "999", StringComparison.Ordinal).Replace("{revision:long}", "0", StringComparison.Ordinal)
            .Replace("{documentName}", "v1", StringComparison.Ordinal).Replace("{day}", "2015-05-18", StringComparison.Ordinal);
        while (filled.IndexOf('{', StringComparison.Ordinal) is >= 0 and var open)
            filled = filled[..open] + "none" + filled[(filled.IndexOf('}', StringComparison.Ordinal) + 1)..];
        if (path == "/reports/clicks/stream") filled += "?start_time=2015-05-16";
        var verb = method == "ANY" ? HttpMethod.Get : new HttpMethod(method);
        using var response = await server.SendAsync(caller, verb, filled, method is "POST" or "PUT" ? "{}" : null);
        return (int)response.StatusCode;
    }

    private static string PathOf(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.Trim('/');

    private static IEnumerable<string> MethodsOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : ["ANY"];

    private static string Selection(IGraphType type, int depth)
    {
        while (type is IProvideResolvedType { ResolvedType: { } inner }) type = inner;
        if (type is not IObjectGraphType shape) return "";
        var fields = shape.Fields.Where(f => f.Arguments is not { Count: > 0 }).Select(f => (f.Name, Inner: Selection(f.ResolvedType!, depth - 1)))
            .Where(f => depth > 1 || f.Inner.Length == 0).Select(f => $"{f.Name} {f.Inner}");
        return depth == 0 ? "{ __typename }" : $"{{ {string.Join(' ', fields)} }}";
    }
}
