namespace Adclicks.Hosting;

/// <summary>What a process does.</summary>
[Flags]
internal enum HostRoles
{
    /// <summary>Takes clicks in.</summary>
    Ingest = 1,

    /// <summary>Projects the log into the read models.</summary>
    Project = 2,

    /// <summary>Answers reports and serves the dashboard.</summary>
    Serve = 4,

    /// <summary>All of it.</summary>
    All = Ingest | Project | Serve,
}
