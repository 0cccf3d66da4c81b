using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Adclicks.Ingestion.Endpoints;

/// <summary>What the server takes of a request that visitors' browsers send.</summary>
public static class RequestLimits
{
    /// <summary>The first line, with all of a click URL: its fields within their limits, in characters that take nine bytes each, are longer than Kestrel's 8 KiB.</summary>
    public const int LineBytes = 65_536;

    private static readonly Encoding _lenient = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    /// <summary>Nobody is turned away for a long URL, or for a header that is no UTF-8: what cannot be read of it becomes U+FFFD.</summary>
    public static void TakeWhatBrowsersSend(this KestrelServerOptions kestrel)
    {
        kestrel.Limits.MaxRequestLineSize = LineBytes;
        kestrel.RequestHeaderEncodingSelector = _ => _lenient;
    }
}
