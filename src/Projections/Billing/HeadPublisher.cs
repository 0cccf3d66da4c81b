using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Adclicks.Domain.Billing;
using Adclicks.Projections.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Adclicks.Projections.Billing;

/// <summary>
/// Tells the head of the ledger's chain elsewhere: whoever writes the ledger anew contradicts what others hold. A line of a file, or the
/// body of a POST. A close does not fail because of it.
/// </summary>
internal sealed class HeadPublisher(IOptions<BillingOptions> options, ILogger<HeadPublisher> logger) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private readonly BillingOptions _options = options.Value;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMilliseconds(options.Value.PublishTimeoutMs) };

    /// <summary>Tells it where <c>Billing:PublishHeadTo</c> says.</summary>
    public async Task PublishAsync(LedgerEntry head, long revision, CancellationToken cancellationToken)
    {
        if (_options.PublishHeadTo is not { Length: > 0 } to) return;
        var told = new PublishedHead(BillingHour.Text(head.Hour), BillingHour.Text(head.ClosedThrough), head.ClosedAtMs, revision, Convert.ToHexStringLower(head.Hash.Span));
        try
        {
            if (to.StartsWith("http", StringComparison.OrdinalIgnoreCase) && Uri.TryCreate(to, UriKind.Absolute, out var url)) (await _http.PostAsJsonAsync(url, told, Json, cancellationToken)).EnsureSuccessStatusCode();
            else await File.AppendAllTextAsync(to, JsonSerializer.Serialize(told, Json) + "\n", Encoding.UTF8, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            logger.HeadNotPublished(e, to, told.Hash);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private sealed record PublishedHead(string Hour, string ClosedThrough, long ClosedAtMs, long Revision, string Hash);
}
