using System.IO.Compression;
using Parquet;

namespace Adclicks.Projections.Archive;

/// <summary>How all Parquet files are written.</summary>
internal static class ParquetFiles
{
    /// <summary>zstd at its fastest: what a slower level saves is a few per cent.</summary>
    public static ParquetOptions Options { get; } = new() { CompressionMethod = CompressionMethod.Zstd, CompressionLevel = CompressionLevel.Fastest };
}
