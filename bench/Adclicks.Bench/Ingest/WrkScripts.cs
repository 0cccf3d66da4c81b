namespace Adclicks.Bench.Ingest;

/// <summary>The requests that wrk sends, written into a directory.</summary>
internal sealed class WrkScripts
{
    public WrkScripts(string directory, string ingestKey)
    {
        Pixel = Write(directory, "pixel.lua", $$"""
            local n, ads = 0, {{IngestBench.Ads}}
            request = function()
              n = n + 1
              local ad = (n * 7919) % ads
              return wrk.format("GET", string.format(
                "/track/click?ad_id=ad-%04d&campaign_id=campaign-%03d&publisher_id=publisher-%03d&user_id=u%d", ad, ad % 500, ad % 300, n))
            end
            """);
        Batch = Write(directory, "batch.lua", $$"""
            local n = 0
            wrk.headers["Content-Type"] = "application/x-ndjson"
            wrk.headers["X-Api-Key"] = "{{ingestKey}}"
            request = function()
              local lines = {}
              for i = 1, {{IngestBench.BatchClicks}} do
                n = n + 1
                local ad = (n * 7919) % {{IngestBench.Ads}}
                lines[i] = string.format(
                  '{"timestamp_ms":%d000,"ad_id":"ad-%04d","campaign_id":"campaign-%03d","publisher_id":"publisher-%03d","user_id":"u%d","ip_address":"83.149.%d.%d","user_agent":"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"}',
                  os.time(), ad, ad % 500, ad % 300, n, n % 250, n % 241)
              end
              return wrk.format("POST", "/track/click_events", nil, table.concat(lines, "\n"))
            end
            """);
    }

    /// <summary>A pixel GET: one of the ads, another visitor each time.</summary>
    public string Pixel { get; }

    /// <summary>A batch of NDJSON.</summary>
    public string Batch { get; }

    private static string Write(string directory, string name, string text)
    {
        var path = Path.Combine(directory, name);
        File.WriteAllText(path, text);
        return path;
    }
}
