using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Adclicks.Support.Postgres;

/// <summary>
/// A private cluster in a temporary directory, reached over a Unix socket there. It lives as long as this process: a
/// shell waits on a pipe from us, and when the pipe closes (also after a kill) stops the server and removes the directory.
/// </summary>
internal static class LocalCluster
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private const string Script = """
        set -e
        dir=$(mktemp -d /tmp/adclicks-pg-XXXXXX)
        "$1/initdb" -D "$dir/data" -U test --auth=trust --no-sync --encoding=UTF8 --locale=C >"$dir/initdb.log" 2>&1
        "$1/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=off -c full_page_writes=off \
          -c shared_buffers=128MB -c max_connections=200 -c autovacuum_naptime=5s >"$dir/server.log" 2>&1 &
        server=$!
        echo "$dir"
        read -r _ || true
        kill -INT $server || true
        wait $server || true
        rm -rf "$dir"
        """;

    private static Process? _keeper;

    /// <summary>The folder of the newest installation's programs, or null.</summary>
    public static string? FindBinaries()
    {
        const string Root = "/usr/lib/postgresql";
        if (!Directory.Exists(Root)) return null;
        return Directory.GetDirectories(Root)
            .OrderByDescending(d => double.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var v) ? v : 0)
            .Select(d => Path.Combine(d, "bin"))
            .FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")));
    }

    public static async Task<string> StartAsync(string binaries)
    {
        _keeper = Process.Start(Command(binaries)) ?? throw new InvalidOperationException("The shell did not start.");
        var directory = await _keeper.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException("initdb failed: " + await _keeper.StandardError.ReadToEndAsync());
        var connectionString = $"Host={directory};Username=test;Database=postgres;Include Error Detail=true;Maximum Pool Size=40";
        await WaitUntilReadyAsync(connectionString);
        return connectionString;
    }

    /// <summary>The server refuses to run as root, so root runs it as <c>postgres</c> or, without one, <c>nobody</c>.</summary>
    private static ProcessStartInfo Command(string binaries)
    {
        var info = new ProcessStartInfo { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] shell = ["sh", "-c", Script, "sh", binaries];
        var user = File.ReadLines("/etc/passwd").Any(l => l.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";
        string[] command = Environment.IsPrivilegedProcess ? ["runuser", "-u", user, "--", .. shell] : shell;
        info.FileName = command[0];
        foreach (var argument in command[1..]) info.ArgumentList.Add(argument);
        info.WorkingDirectory = "/";
        return info;
    }

    private static async Task WaitUntilReadyAsync(string connectionString)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await TestPostgres.ExecuteAsync(connectionString, "SELECT 1", CancellationToken.None);
                return;
            }
            catch (NpgsqlException) when (clock.Elapsed < StartLimit)
            {
                await Task.Delay(50);
            }
        }
    }
}
