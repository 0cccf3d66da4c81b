using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace Adclicks.Postgres;

/// <summary>The files of a private cluster: <c>data</c>, <c>password</c> (0600), <c>port</c> and <c>server.log</c>.</summary>
internal sealed class ClusterFolder(string path)
{
    /// <summary>The cluster's superuser; not an account of the machine.</summary>
    public const string Owner = "adclicks";

    public string Path { get; } = path;

    public string Data => System.IO.Path.Combine(Path, "data");

    public string ServerLog => System.IO.Path.Combine(Path, "server.log");

    public string PasswordFile => System.IO.Path.Combine(Path, "password");

    private string PortFile => System.IO.Path.Combine(Path, "port");

    private string VersionFile => System.IO.Path.Combine(Data, "PG_VERSION");

    /// <summary>The major version that made it; null where it is not made yet.</summary>
    public int? Major => File.Exists(VersionFile) ? int.Parse(File.ReadAllText(VersionFile).Trim().Split('.')[0], CultureInfo.InvariantCulture) : null;

    /// <summary>Makes the folder and a password, where they are not there.</summary>
    public void Prepare()
    {
        Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (File.Exists(PasswordFile)) return;
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using var writer = new StreamWriter(PasswordFile, options);
        writer.Write(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));
    }

    /// <summary>The server of this folder that is running, whoever started it; null for none.</summary>
    public RunningServer? Running()
    {
        var pidFile = System.IO.Path.Combine(Data, "postmaster.pid");
        if (!File.Exists(pidFile)) return null;
        var lines = File.ReadAllLines(pidFile);
        if (lines.Length < 4 || !int.TryParse(lines[0], out var pid) || !int.TryParse(lines[3], out var port)) return null;
        return new RunningServer(pid, port) is { } server && server.WorksIn(Data) ? server : null;
    }

    /// <summary>The port of last time where it is free, else another one; noted for next time.</summary>
    public int ChoosePort()
    {
        var last = File.Exists(PortFile) && int.TryParse(File.ReadAllText(PortFile), out var port) ? port : 0;
        var chosen = FreePort(last) ?? FreePort(0)!.Value;
        File.WriteAllText(PortFile, chosen.ToString(CultureInfo.InvariantCulture));
        return chosen;
    }

    public string ConnectionString(int port) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Username = Owner,
        Password = File.ReadAllText(PasswordFile).Trim(),
        Database = "postgres",
        ApplicationName = "adclicks",
        MaxPoolSize = 40,
    }.ConnectionString;

    private static int? FreePort(int wanted)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, wanted);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (SocketException) when (wanted != 0)
        {
            return null;
        }
    }
}
