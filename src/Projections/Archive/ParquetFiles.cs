using System.IO.Compression;
using Parquet;

namespace Adclicks.Projections.Archive;

/// <summary>How all Parquet files are written.</summary>
internal static class ParquetFiles
{
    /// <summary>
    /// zstd at its fastest: what a slower level saves is a few per cent. Whether a column has a dictionary is seen from its first values:
    /// ids and messages are all different, and to look at each of them twice takes longer than to write them.
    /// </summary>
    public static ParquetOptions Options { get; } = new() { CompressionMethod = CompressionMethod.Zstd, CompressionLevel = CompressionLevel.Fastest, DictionaryEncodingSampleSize = 512 };
}
