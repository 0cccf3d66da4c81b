using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Adclicks.EventStore.Files;

/// <summary>
/// A flushed file survives a power cut, its name only when its folder is flushed as well, for which .NET has no call. Windows, and file
/// systems that flush no folders, see to it themselves.
/// </summary>
public static class DurableFolder
{
    private const int ReadOnly = 0, NotSupported = 22;
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode All = Owner | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Makes the folder, and those above it that are missing, to stay.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="isPrivate">Whether nobody but its owner can enter; else what the process allows by default.</param>
    public static void Create(string path, bool isPrivate = false)
    {
        if (Directory.Exists(path)) return;
        var above = Path.GetDirectoryName(Path.GetFullPath(path));
        if (above is not null) Create(above, isPrivate);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, isPrivate ? Owner : All);
        if (above is not null) Flush(above);
    }

    /// <summary>Names that came or went in it have come or gone for good. A folder that we may not read is left to its file system.</summary>
    /// <exception cref="IOException">The disk does not take them.</exception>
    public static void Flush(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = Open(path, ReadOnly);
        if (folder.IsInvalid) return;
        if (DurableFile.Sync(folder) is var error and not (0 or NotSupported)) throw new IOException($"{path} cannot be flushed: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    [DllImport("libc", EntryPoint = "open", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern SafeFileHandle Open(string path, int flags);
}
