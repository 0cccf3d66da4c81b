using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Adclicks.Postgres;

/// <summary>
/// A PostgreSQL cluster of our own, below the data directory. It listens on a loopback port with a password. Its server
/// runs in a session of its own and outlives a killed parent: the next start finds it and goes on with it.
/// </summary>
public sealed class PrivateCluster : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    // The folder is handed over as an open file, because the user who runs the server may not be allowed to walk the
    // path to it (a data directory below /root, say). -D then needs no path but that file's.
    private const string InDescriptor = """
        cd / && exec 9<"$1" || exit 1
        log=$2; shift 2
        exec "$@" </dev/null >>"$log" 2>&1
        """;

    // Read models can be made again from the log, so a commit need not wait for the disk: a crash may lose the last
    // transactions, but only whole and from the end, and the projections then go on from the checkpoint that is there.
    private static readonly string[] Settings =
    [
        "listen_addresses=127.0.0.1", "unix_socket_directories=", "synchronous_commit=off", "max_connections=100",
        "shared_buffers=128MB", "wal_level=minimal", "max_wal_senders=0", "max_wal_size=2GB", "checkpoint_timeout=15min",
        "jit=off", "log_min_messages=warning", "log_checkpoints=off", "timezone=UTC", "log_timezone=UTC",
    ];

    private readonly RunningServer _server;

    private PrivateCluster(string connectionString, RunningServer server)
    {
        ConnectionString = connectionString;
        _server = server;
    }

    /// <summary>How to connect to its database.</summary>
    public string ConnectionString { get; }

    /// <summary>
    /// Makes the cluster in <paramref name="folder"/> where there is none, starts it where it is not running, and waits
    /// until it answers.
    /// </summary>
    /// <exception cref="ClusterException">There are no binaries, or the server does not start.</exception>
    public static async Task<PrivateCluster> StartAsync(string folder, IEnumerable<string> caches, CancellationToken cancellationToken = default)
    {
        var cluster = new ClusterFolder(Path.GetFullPath(folder));
        cluster.Prepare();
        if (cluster.Running() is { } found) return await ConnectAsync(cluster, found.Port, cancellationToken);

        var major = cluster.Major;
        var binaries = PostgresBinaries.Find(major, caches) ?? throw new ClusterException(
            $"There is no PostgreSQL{(major is null ? "" : $" {major}")} on this machine. Install it (apt-get install postgresql), "
            + $"name its folder in {PostgresBinaries.Setting}, or give a connection string with --postgres.");
        var user = ServerUser.Current();
        if (user is not null) Hand(cluster.Path, user);
        if (major is null) await CreateAsync(cluster, binaries, user, cancellationToken);
        var port = cluster.ChoosePort();
        Rotate(cluster.ServerLog);
        var arguments = new[] { $"{binaries}/postgres", "-D", "/proc/self/fd/9/data" }
            .Concat(Settings.Append($"port={port.ToString(CultureInfo.InvariantCulture)}").SelectMany(s => new[] { "-c", s }));
        _ = Shell.Start(InDescriptor, [cluster.Path, cluster.ServerLog, .. user?.Prefix ?? [], .. arguments]);
        return await ConnectAsync(cluster, port, cancellationToken);
    }

    /// <summary>Stops the server, and returns when it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        _server.AskToStop();
        var clock = Stopwatch.StartNew();
        while (_server.IsAlive && clock.Elapsed < StopLimit) await Task.Delay(Poll);
    }

    private static async Task CreateAsync(ClusterFolder cluster, string binaries, ServerUser? user, CancellationToken cancellationToken)
    {
        // What an interrupted initdb left has no PG_VERSION or is incomplete; it is made in a folder of another name first.
        var draft = cluster.Data + ".new";
        if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
        string[] arguments =
        [
            $"{binaries}/initdb", "-D", "/proc/self/fd/9/data.new", "-U", ClusterFolder.Owner, "--pwfile=/proc/self/fd/9/password",
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions",
        ];
        using var process = Shell.Start(InDescriptor, [cluster.Path, cluster.ServerLog, .. user?.Prefix ?? [], .. arguments]);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0) throw new ClusterException($"initdb failed; see {cluster.ServerLog}:\n{Tail(cluster.ServerLog)}");
        Directory.Move(draft, cluster.Data);
    }

    private static async Task<PrivateCluster> ConnectAsync(ClusterFolder cluster, int port, CancellationToken cancellationToken)
    {
        var connectionString = cluster.ConnectionString(port);
        var clock = Stopwatch.StartNew();
        for (Exception? last = null; clock.Elapsed < StartLimit;)
        {
            try
            {
                if (cluster.Running() is { } server)
                {
                    await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false;Timeout=5");
                    await connection.OpenAsync(cancellationToken);
                    return new PrivateCluster(connectionString, server);
                }
            }
            catch (Exception e) when (e is NpgsqlException or IOException)
            {
                last = e;
            }

            if (clock.Elapsed > TimeSpan.FromSeconds(5) && cluster.Running() is null)
                throw new ClusterException($"PostgreSQL did not start; see {cluster.ServerLog}:\n{Tail(cluster.ServerLog)}{last?.Message}");
            await Task.Delay(Poll, cancellationToken);
        }

        throw new ClusterException($"PostgreSQL does not answer on port {port}; see {cluster.ServerLog}:\n{Tail(cluster.ServerLog)}");
    }

    private static void Hand(string folder, ServerUser user)
    {
        using var process = Process.Start("chown", ["-R", $"{user.Uid}:{user.Gid}", folder]);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new ClusterException($"{folder} could not be given to the user {user.Name}.");
    }

    private static void Rotate(string log)
    {
        const long MaxLogBytes = 4 << 20;
        if (File.Exists(log) && new FileInfo(log).Length > MaxLogBytes) File.Move(log, log + ".1", overwrite: true);
    }

    private static string Tail(string log) => File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(10)) + "\n" : "";
}
