using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Adclicks.Domain.Access;
using Adclicks.Domain.Clicks;
using Adclicks.Domain.Streams;
using Adclicks.EventStore;
using Adclicks.EventStore.Reference;
using Adclicks.Ingestion.Endpoints;
using Adclicks.Ingestion.Proxies;
using Adclicks.Support;
using Adclicks.Tests.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Adclicks.Ingestion.Tests.Support;

/// <summary>A click as the log has it.</summary>
internal sealed record StoredClick(
    string EventId, long ClickedAtMs, long ServerTimestampMs, string AdId, string CampaignId, string AdvertiserId, string Country, string UserAgent, ClickSource Source,
    string VisitorHash, string IpHash, int SealedBytes, string IngestMark, string DeviceType, string Os, string City);

/// <summary>A node that takes clicks on loopback, on a log in memory. The header <c>X-Role</c> says who one is.</summary>
internal sealed class TrackingServer : IAsyncDisposable
{
    // Not called by its name: a generator would step in, which takes the Protobuf messages of sender and server for one.
    private static readonly Func<IServiceCollection, IServiceCollection> _addOpenApi = OpenApiServiceCollectionExtensions.AddOpenApi;

    /// <summary>The header of answers that says which thread read the request: one of the <c>pool</c>, or a <c>single</c> one.</summary>
    public const string ReadBy = "X-Read-By";

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);
    private readonly WebApplication _app;
    private readonly string _directory;

    private TrackingServer(WebApplication app, MemoryEventLog log, string directory)
    {
        (_app, Log, _directory) = (app, log, directory);
        Client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Client { get; }

    public MemoryEventLog Log { get; }

    /// <summary>Why the log is taken for down; null where it is not.</summary>
    public string? DownBecause => _app.Services.GetRequiredService<LogState>().DownBecause;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Task<TrackingServer> StartAsync(params (string Key, string Value)[] settings) => StartOnAsync(new MemoryEventLog(), settings);

    /// <summary>By another clock.</summary>
    public static Task<TrackingServer> StartAsync(TimeProvider time, params (string Key, string Value)[] settings) => StartAsync(new MemoryEventLog(), time, settings);

    /// <summary>On a log that is there already; it may be down.</summary>
    public static Task<TrackingServer> StartOnAsync(MemoryEventLog log, params (string Key, string Value)[] settings) => StartAsync(log, TimeProvider.System, settings);

    private static async Task<TrackingServer> StartAsync(MemoryEventLog log, TimeProvider time, (string Key, string Value)[] settings)
    {
        var directory = Directory.CreateTempSubdirectory("adclicks-tracking-").FullName;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.UseInlineSockets().ConfigureKestrel(kestrel => kestrel.TakeWhatBrowsersSend());
        builder.Logging.ClearProviders();
        builder.Configuration["DataDirectory"] = directory;
        builder.Configuration["Ingestion:Spill:RetryMs"] = "20";
        builder.Configuration["EventStore:ReferenceStartTimeoutMs"] = "100";
        foreach (var (key, value) in settings) builder.Configuration[key] = value;
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton<IEventLog>(log);
        builder.Services.AddReferenceFeed(builder.Configuration).AddIngestion(builder.Configuration);
        builder.Services.AddAuthentication("role").AddScheme<AuthenticationSchemeOptions, RoleHeader>("role", null);
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(Roles.Admin, p => p.RequireRole(Roles.Admin))
            .AddPolicy(Roles.Analyst, p => p.RequireRole(Roles.Admin, Roles.Analyst))
            .AddPolicy(Roles.Ingest, p => p.RequireRole(Roles.Admin, Roles.Ingest));
        _addOpenApi(builder.Services);
        var app = builder.Build();
        app.UseSocketThread();
        app.Use(SayThread);
        app.UseTrustedProxies(builder.Configuration);
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapIngestion();
        app.MapOpenApi();
        await app.StartAsync(Token);
        var server = new TrackingServer(app, log, directory);
        if (!log.IsDown) await server.UntilReadyAsync();
        return server;
    }

    public Task<HttpResponseMessage> GetAsync(string query, HttpMethod? method = null, params (string Name, string Value)[] headers) =>
        SendAsync(new HttpRequestMessage(method ?? HttpMethod.Get, "/track/click" + query), headers);

    /// <summary>One click as JSON; as a partner with an ingest key, or as anybody.</summary>
    public Task<HttpResponseMessage> PostAsync(string json, bool asPartner = true, string mediaType = "application/json", string encoding = "") =>
        PostAsync("/track/click_event", Encoding.UTF8.GetBytes(json), mediaType, asPartner, encoding);

    /// <summary>A batch, as a partner.</summary>
    public Task<HttpResponseMessage> PostBatchAsync(byte[] body, string mediaType, string encoding = "") =>
        PostAsync("/track/click_events", body, mediaType, asPartner: true, encoding);

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
    {
        using (response) return JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token)).RootElement;
    }

    /// <summary>What is in the click streams, by partition.</summary>
    public async Task<List<StoredClick>> ClicksAsync()
    {
        var clicks = new List<StoredClick>();
        for (var partition = 0; partition < Partitioner.DefaultCount; partition++)
        {
            await foreach (var e in Log.ReadAsync(StreamNames.Clicks(partition), ReadDirection.Forwards, 0, cancellationToken: Token))
            {
                foreach (var click in ClicksRecorded.Read(e.Data.Span)) clicks.Add(Stored(click));
            }
        }

        return clicks;
    }

    /// <summary>The first <paramref name="count"/> events of <c>rejected-clicks</c>, when they are there.</summary>
    public async Task<List<JsonElement>> RejectedAsync(int count)
    {
        var found = new List<JsonElement>();
        await foreach (var message in Log.SubscribeAsync(StreamNames.RejectedClicks, -1, Token))
        {
            if (message.Event is not { } e) continue;
            found.Add(JsonDocument.Parse(e.Data).RootElement);
            if (found.Count == count) break;
        }

        return found;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        // Disposing alone does not stop what runs in the background.
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static RequestDelegate SayThread(RequestDelegate next) => context =>
    {
        context.Response.Headers[ReadBy] = Thread.CurrentThread.IsThreadPoolThread ? "pool" : "single";
        return next(context);
    };

    private static StoredClick Stored(in ClickView c) => new(
        Encoding.UTF8.GetString(c.EventId), c.ClickedAtMs, c.ServerTimestampMs, Encoding.UTF8.GetString(c.AdId), Encoding.UTF8.GetString(c.CampaignId), Encoding.UTF8.GetString(c.AdvertiserId),
        Encoding.UTF8.GetString(c.Country), Encoding.UTF8.GetString(c.UserAgent), c.Source, Convert.ToHexString(c.VisitorHash),
        Convert.ToHexString(c.IpHash), c.Sealed.Length, Encoding.UTF8.GetString(c.IngestMark),
        Encoding.UTF8.GetString(c.DeviceType), Encoding.UTF8.GetString(c.Os), Encoding.UTF8.GetString(c.City));

    private Task<HttpResponseMessage> PostAsync(string path, byte[] body, string mediaType, bool asPartner, string encoding = "")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        if (mediaType.Length > 0) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        if (encoding.Length > 0) request.Content.Headers.ContentEncoding.Add(encoding);
        return SendAsync(request, asPartner ? [("X-Role", Roles.Ingest)] : []);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, (string Name, string Value)[] headers)
    {
        using (request)
        {
            foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
            return await Client.SendAsync(request, Token);
        }
    }

    /// <summary>The log is read once before the first click is taken.</summary>
    private Task UntilReadyAsync() => Eventually.TrueAsync(
        async () =>
        {
            using var response = await GetAsync("?ad_id=warm-up&campaign_id=warm-up", HttpMethod.Get, ("Sec-Purpose", "none"));
            return response.IsSuccessStatusCode;
        },
        "The server did not become ready.",
        _limit);
}
