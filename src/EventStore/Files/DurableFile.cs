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
        if (Sync(file.SafeFileHandle) is var error and not 0) throw new IOException($"{file.Name} cannot be flushed: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    /// <summary>Flushes what a handle is of, be it a file or a folder; the number of the error, 0 for none.</summary>
    internal static int Sync(SafeFileHandle handle)
    {
        while (FSync(handle) != 0)
        {
            if (Marshal.GetLastPInvokeError() is var error and not Interrupted) return error;
        }

        return 0;
    }

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FSync(SafeFileHandle file);
}
