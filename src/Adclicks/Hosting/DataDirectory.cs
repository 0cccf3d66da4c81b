using System.Text.Json;

namespace Adclicks.Hosting;

/// <summary>
/// Where one installation keeps everything: <c>keys.json</c>, <c>log</c>, <c>postgres</c>, <c>secrets</c>, and
/// <c>lock</c>, which a running process holds. <c>address</c> tells the tools where that process listens.
/// </summary>
internal sealed class DataDirectory
{
    /// <summary>The environment variable that names it.</summary>
    public const string Setting = "ADCLICKS_DATA";

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public DataDirectory(string path) => Root = System.IO.Path.GetFullPath(path);

    /// <summary>Its absolute path.</summary>
    public string Root { get; }

    public string KeysFile => Path("keys.json");

    public string Postgres => Path("postgres");

    private string AddressFile => Path("address");

    /// <summary><c>ADCLICKS_DATA</c>, else <c>adclicks-data</c> below the working directory.</summary>
    public static string Default =>
        Environment.GetEnvironmentVariable(Setting) is { Length: > 0 } given ? given : System.IO.Path.Combine(Environment.CurrentDirectory, "adclicks-data");

    /// <summary>Makes it where it is not there, and holds it until disposed. Null where another process does.</summary>
    /// <exception cref="IOException">It cannot be made or written.</exception>
    public FileStream? TryLock()
    {
        if (!Directory.Exists(Root)) Directory.CreateDirectory(Root, Private | UnixFileMode.UserExecute);
        var file = Path("lock");
        // Opening for sharing with none takes an advisory lock, which ends with the process however it ends.
        try
        {
            return new FileStream(file, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = Private });
        }
        catch (IOException) when (File.Exists(file))
        {
            return null;
        }
    }

    /// <summary>Notes where the process that holds the directory listens.</summary>
    public void WriteAddress(string url)
    {
        var draft = AddressFile + ".new";
        File.WriteAllText(draft, JsonSerializer.Serialize(new Address(url, Environment.ProcessId)));
        File.Move(draft, AddressFile, overwrite: true);
    }

    /// <summary>Where the last process that held the directory listened; null where none did.</summary>
    public Address? ReadAddress()
    {
        try
        {
            return JsonSerializer.Deserialize<Address>(File.ReadAllText(AddressFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private string Path(string name) => System.IO.Path.Combine(Root, name);

    /// <summary>Where a process listens.</summary>
    internal sealed record Address(string Url, int Pid);
}
