using Npgsql;

namespace Adclicks.Projections.Storage;

/// <summary>
/// What PostgreSQL tells everyone who listens when counts of clicks are committed: one notification per transaction,
/// with the number of the generation as its payload.
/// </summary>
public static class CommitNotice
{
    /// <summary>The channel to listen on.</summary>
    public const string Channel = "adclicks_commits";

    /// <summary>Queues the notification; PostgreSQL sends it with the commit, or not at all.</summary>
    internal static NpgsqlBatchCommand Command(int generation) => new($"SELECT pg_notify('{Channel}', $1)")
    {
        Parameters = { new NpgsqlParameter<string> { TypedValue = generation.ToString(System.Globalization.CultureInfo.InvariantCulture) } },
    };
}
