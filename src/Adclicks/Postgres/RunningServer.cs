using System.Runtime.InteropServices;

namespace Adclicks.Postgres;

/// <summary>A postmaster, by its process id.</summary>
internal sealed record RunningServer(int Pid, int Port)
{
    private const int Interrupt = 2;

    /// <summary>Whether it is still there.</summary>
    public bool IsAlive => Directory.Exists($"/proc/{Pid}") && !IsZombie;

    private bool IsZombie
    {
        get
        {
            try
            {
                // pid (name) state …
                var stat = File.ReadAllText($"/proc/{Pid}/stat");
                return stat[(stat.LastIndexOf(')') + 2)..].StartsWith('Z');
            }
            catch (IOException)
            {
                return true;
            }
        }
    }

    /// <summary>Whether it is the server of this data folder, and not another process that got the number since.</summary>
    public bool WorksIn(string dataFolder)
    {
        try
        {
            return IsAlive && new FileInfo($"/proc/{Pid}/cwd").ResolveLinkTarget(true)?.FullName == Path.GetFullPath(dataFolder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Asks for a fast stop: open transactions are rolled back, what is committed is flushed.</summary>
    public void AskToStop() => _ = Kill(Pid, Interrupt);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
