using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Adclicks.EventStore.Files;

/// <summary>
/// Flushes files to disk and says so when that fails. .NET's own flush to disk does not: its native part answers a failed fsync with 1,
/// where a negative number is looked for (10.0, Linux).
/// </summary>
public static class DurableFile
{
    private const int Interrupted = 4;

    /// <summary>Returns when all that was written is on disk.</summary>
    /// <exception cref="IOException">The disk does not take it; what of it is there cannot be known.</exception>
    public static void Flush(FileStream file)
    {
        file.Flush(flushToDisk: OperatingSystem.IsWindows());
        if (OperatingSystem.IsWindows()) return;
        while (Sync(file.SafeFileHandle) != 0)
        {
            if (Marshal.GetLastPInvokeError() is var error and not Interrupted)
                throw new IOException($"{file.Name} cannot be flushed: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(SafeFileHandle file);
}
