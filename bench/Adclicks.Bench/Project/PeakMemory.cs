using System.Diagnostics;

namespace Adclicks.Bench.Project;

/// <summary>The most memory this process has held, of one part of a measurement where the kernel lets it be set back.</summary>
internal static class PeakMemory
{
    private const string ClearRefs = "/proc/self/clear_refs";

    public static long Bytes
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64;
        }
    }

    /// <summary>Lets go of what is no longer used and counts from here.</summary>
    public static void Reset()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (File.Exists(ClearRefs)) File.WriteAllText(ClearRefs, "5");
    }
}
