using System.Globalization;
using System.Text;

namespace Adclicks.Bench.Durability;

/// <summary>
/// Requests whose clicks have numbers, by which they are found again in the log: a pixel as its <c>impression_id</c>, the clicks of
/// a batch as their <c>event_id</c>. One for each connection: a request is good until the next is asked for.
/// </summary>
internal sealed class ClickRequests
{
    /// <summary>Clicks of a batch.</summary>
    public const int BatchClicks = 500;

    private const int Digits = 12;
    private const int Ads = 5_000;

    // The same whenever a request is made again: else a retry would be another click.
    private static readonly long _timestampMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
    private readonly byte[] _request;
    private readonly List<int> _numbersAt = [];

    private ClickRequests(byte[] request)
    {
        _request = request;
        var mark = Encoding.ASCII.GetBytes(new string('#', Digits));
        for (var at = request.AsSpan().IndexOf(mark); at >= 0;)
        {
            _numbersAt.Add(at);
            var next = request.AsSpan(at + Digits).IndexOf(mark);
            at = next < 0 ? -1 : at + Digits + next;
        }
    }

    /// <summary>Clicks of one request.</summary>
    public int Clicks => _numbersAt.Count;

    /// <summary>Pixels of one ad.</summary>
    public static ClickRequests Pixel(int seed) => new(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"GET /track/click?ad_id=ad-{seed * 7919 % Ads}&campaign_id=campaign-{seed % 500}&publisher_id=publisher-{seed % 300}&impression_id={new string('#', Digits)} HTTP/1.1\r\nHost: bench\r\n\r\n")));

    /// <summary>Batches of NDJSON.</summary>
    public static ClickRequests Batch(int seed, string key)
    {
        var lines = new StringBuilder();
        for (var i = 0; i < BatchClicks; i++)
        {
            var ad = ((seed * BatchClicks) + i) * 7919L % Ads;
            lines.Append(CultureInfo.InvariantCulture, $$"""{"event_id":"{{new string('#', Digits)}}","timestamp_ms":{{_timestampMs}},"ad_id":"ad-{{ad}}","campaign_id":"campaign-{{ad % 500}}","publisher_id":"publisher-{{ad % 300}}","user_id":"u{{seed}}-{{i}}"}""").Append('\n');
        }

        var head = $"POST /track/click_events HTTP/1.1\r\nHost: bench\r\nX-Api-Key: {key}\r\nContent-Type: application/x-ndjson\r\nContent-Length: {lines.Length}\r\n\r\n";
        return new(Encoding.ASCII.GetBytes(head + lines));
    }

    /// <summary>The request whose clicks have the numbers from <paramref name="first"/> on.</summary>
    public ReadOnlyMemory<byte> Numbered(long first)
    {
        foreach (var at in _numbersAt)
        {
            first.TryFormat(_request.AsSpan(at, Digits), out _, "D12", CultureInfo.InvariantCulture);
            first++;
        }

        return _request;
    }
}
