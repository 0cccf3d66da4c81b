using System.IO.Compression;

namespace Adclicks.Ingestion.Tests.Support;

/// <summary>Bodies as senders pack them.</summary>
internal static class Packed
{
    public static byte[] Gzip(byte[] bytes)
    {
        var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal)) gzip.Write(bytes);
        return output.ToArray();
    }
}
