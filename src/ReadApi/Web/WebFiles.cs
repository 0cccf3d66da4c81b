using System.Collections.Frozen;
using System.IO.Compression;
using System.IO.Hashing;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Adclicks.ReadApi.Web;

/// <summary>
/// The files of the pages, from the assembly, under their paths (<c>assets/app.js</c>). They hold no data: a page asks the
/// API with the key that its user enters, so they need none. Nothing comes from another origin.
/// </summary>
internal static class WebFiles
{
    private const string Prefix = "wwwroot/";

    private static readonly FrozenDictionary<string, WebFile> Files = Load();

    /// <summary>Maps a file, or with <c>{name}</c> in the pattern a folder, for anyone.</summary>
    /// <param name="routes">The endpoints.</param>
    /// <param name="pattern">Where.</param>
    /// <param name="path">The path of the file below the root of the pages, or that of the folder with a slash at its end.</param>
    /// <param name="policy">The Content-Security-Policy of the page it belongs to.</param>
    public static void Map(IEndpointRouteBuilder routes, string pattern, string path, string policy) => routes
        .MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], (HttpContext http) => Serve(http, path + http.Request.RouteValues["name"], policy))
        .AllowAnonymous().ExcludeFromDescription();

    /// <summary>A file, with its tag, packed where the client takes that; 404 where there is none.</summary>
    /// <param name="http">The request.</param>
    /// <param name="path">Its path below the root of the pages.</param>
    /// <param name="policy">The Content-Security-Policy of the page it belongs to.</param>
    private static IResult Serve(HttpContext http, string path, string policy)
    {
        if (!Files.TryGetValue(path, out var file)) return Results.NotFound();
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        headers.Vary = HeaderNames.AcceptEncoding;
        if (!TakesGzip(http.Request)) return Results.Bytes(file.Content, file.ContentType, entityTag: file.Tag);
        headers.ContentEncoding = "gzip";
        return Results.Bytes(file.Packed.Value, file.ContentType, entityTag: file.PackedTag);
    }

    private static bool TakesGzip(HttpRequest request) => request.GetTypedHeaders().AcceptEncoding
        .Any(coding => coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && coding.Quality is not 0);

    private static FrozenDictionary<string, WebFile> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = new Dictionary<string, WebFile>(StringComparer.Ordinal);
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            files.Add(resource[Prefix.Length..], new WebFile(content, ContentType(resource)));
        }

        return files.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static string ContentType(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".woff2" => "font/woff2",
        ".md" or ".txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };

    /// <summary>One file; its packed form, made when first asked for, has a tag of its own.</summary>
    private sealed class WebFile
    {
        public WebFile(byte[] content, string contentType)
        {
            (Content, ContentType) = (content, contentType);
            var hash = Convert.ToHexStringLower(XxHash128.Hash(content));
            (Tag, PackedTag) = (new($"\"{hash}\""), new($"\"{hash}-gzip\""));
            Packed = new(Pack);
        }

        public byte[] Content { get; }

        public string ContentType { get; }

        public EntityTagHeaderValue Tag { get; }

        public EntityTagHeaderValue PackedTag { get; }

        public Lazy<byte[]> Packed { get; }

        private byte[] Pack()
        {
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize)) gzip.Write(Content);
            return packed.ToArray();
        }
    }
}
