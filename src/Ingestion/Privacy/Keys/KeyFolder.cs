using System.Diagnostics;

namespace Adclicks.Ingestion.Privacy.Keys;

/// <summary>
/// The folder of wrapped keys: <c>visitor.key</c>, <c>days/YYYY-MM-DD.key</c>, and <c>lock</c>, which whoever changes keys holds meanwhile.
/// Processes that share it have the same keys.
/// </summary>
internal sealed class KeyFolder(string path)
{
    private const string Extension = ".key";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan LockLimit = TimeSpan.FromSeconds(60), LockPause = TimeSpan.FromMilliseconds(20);

    /// <summary>The name of the key of visitor hashes.</summary>
    public const string Visitor = "visitor";

    private string DaysFolder => Path.Combine(path, "days");

    /// <summary>The name of a day's key.</summary>
    public static string NameOf(uint day) => "days/" + PrivacyDay.Text(day);

    /// <summary>Where a key is.</summary>
    public string PathOf(string name) => Path.Combine(path, name + Extension);

    /// <summary>The days that have keys, the oldest first.</summary>
    public IReadOnlyList<uint> Days() => !Directory.Exists(DaysFolder) ? [] : [.. Directory.EnumerateFiles(DaysFolder, "*" + Extension).Select(file => PrivacyDay.Parse(Path.GetFileNameWithoutExtension(file))).OfType<uint>().Order()];

    /// <summary>The names of all keys.</summary>
    public IEnumerable<string> Names() => Days().Select(NameOf).Concat(File.Exists(PathOf(Visitor)) ? [Visitor] : []);

    /// <summary>Keeps all others from changing keys until disposed.</summary>
    /// <exception cref="KeyStoreException">Another process does not let go.</exception>
    public FileStream Hold()
    {
        SecretFile.CreateFolder(path);
        SecretFile.CreateFolder(DaysFolder);
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(path, "lock"), new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = Private });
            }
            catch (IOException e) when (clock.Elapsed > LockLimit)
            {
                throw new KeyStoreException($"The keys in {path} are being changed by another process: {e.Message}", e);
            }
            catch (IOException)
            {
                Thread.Sleep(LockPause);
            }
        }
    }

    /// <summary>Destroys what was left by processes that were stopped while they changed keys. To be held meanwhile.</summary>
    public void DestroyLeftovers()
    {
        SecretFile.DestroyDrafts(path);
        SecretFile.DestroyDrafts(DaysFolder);
    }
}
