namespace Adclicks.Postgres;

/// <summary>
/// Who runs the server. PostgreSQL refuses to run as root, so root hands the folder to <c>postgres</c> or, where there is
/// no such user, <c>nobody</c>; everybody else runs it themselves.
/// </summary>
internal sealed record ServerUser(string Name, uint Uid, uint Gid)
{
    /// <summary>Null where the current user is not root.</summary>
    public static ServerUser? Current() => Environment.IsPrivilegedProcess ? Find("postgres") ?? Find("nobody")
        ?? throw new ClusterException("Neither a user postgres nor a user nobody exists to run PostgreSQL, which refuses to run as root.") : null;

    /// <summary>The words to put before a command so that it runs as this user.</summary>
    public IReadOnlyList<string> Prefix => File.Exists("/usr/bin/setpriv")
        ? ["/usr/bin/setpriv", $"--reuid={Uid}", $"--regid={Gid}", "--clear-groups", "--"]
        : ["runuser", "-u", Name, "--"];

    private static ServerUser? Find(string name) => File.ReadLines("/etc/passwd")
        .Select(line => line.Split(':'))
        .Where(fields => fields.Length > 3 && fields[0] == name)
        .Select(fields => new ServerUser(name, uint.Parse(fields[2], null), uint.Parse(fields[3], null)))
        .FirstOrDefault();
}
