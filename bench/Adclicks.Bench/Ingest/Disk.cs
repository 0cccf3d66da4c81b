using System.Diagnostics;

namespace Adclicks.Bench.Ingest;

/// <summary>What the disk below a directory takes to make a small write durable.</summary>
internal static class Disk
{
    private const int Writes = 300;

    /// <summary>The median of appending 4 KiB and flushing it to the disk, in ms.</summary>
    public static double MedianSyncMilliseconds(string directory)
    {
        var path = Path.Combine(directory, "sync-probe");
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        var block = new byte[4096];
        var times = new double[Writes];
        for (var i = 0; i < Writes; i++)
        {
            var started = Stopwatch.GetTimestamp();
            file.Write(block);
            file.Flush(flushToDisk: true);
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        Array.Sort(times);
        return times[Writes / 2];
    }
}
