using System.Collections.Concurrent;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Adclicks.Projections.Tests.Archive.Stores;

/// <summary>As much of an S3-compatible store as an archive asks for, in this process. Pages are of two names, so that paging is seen.</summary>
internal sealed class S3Double : IAsyncDisposable
{
    private const int PageSize = 2;
    private readonly ConcurrentDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);
    private readonly WebApplication _app;

    private S3Double(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    /// <summary>Requests that fail before one is answered: a store has its moments.</summary>
    public int Failures { get; set; }

    public static async Task<S3Double> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new S3Double(builder.Build());
        server._app.MapMethods("/{bucket}/{**key}", ["GET", "PUT"], server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task<IResult> AnswerAsync(HttpRequest request, string? key)
    {
        if (!request.Headers.Authorization.ToString().StartsWith("AWS4-HMAC-SHA256 Credential=id/", StringComparison.Ordinal)) return Error(403, "AccessDenied");
        if (Failures > 0)
        {
            Failures--;
            return Error(503, "SlowDown");
        }

        if (request.Method == "GET") return string.IsNullOrEmpty(key) ? List(request.Query["prefix"].ToString(), request.Query["continuation-token"].ToString()) : Read(key);
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        if (request.Headers.IfNoneMatch != "*") _objects[key!] = body.ToArray();
        else if (!_objects.TryAdd(key!, body.ToArray())) return Error(412, "PreconditionFailed");
        return Results.Ok();
    }

    private IResult Read(string key) => _objects.TryGetValue(key, out var bytes) ? Results.Bytes(bytes) : Error(404, "NoSuchKey");

    private IResult List(string prefix, string after)
    {
        XNamespace s3 = "http://s3.amazonaws.com/doc/2006-03-01/";
        var keys = _objects.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(k, after) > 0).Order(StringComparer.Ordinal).ToList();
        var isCut = keys.Count > PageSize;
        return Results.Content(
            new XElement(s3 + "ListBucketResult", new XElement(s3 + "IsTruncated", isCut), isCut ? new XElement(s3 + "NextContinuationToken", keys[PageSize - 1]) : null,
                keys.Take(PageSize).Select(k => new XElement(s3 + "Contents", new XElement(s3 + "Key", k), new XElement(s3 + "Size", _objects[k].Length)))).ToString(),
            "application/xml");
    }

    private static IResult Error(int status, string code) => Results.Content(new XElement("Error", new XElement("Code", code), new XElement("Message", code)).ToString(), "application/xml", statusCode: status);
}
